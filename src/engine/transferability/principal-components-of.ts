import { principalComponents } from "../linalg/principal-components.js";
import { statisticsOf } from "./feature-statistics.js";
import { perInput } from "./per-input.js";

/** The principal components of an input's features: one eigendecomposition for all metrics that work in its basis. */
export const principalComponentsOf = perInput(async (who, input) => {
  const statistics = statisticsOf(who, input);
  return principalComponents(who, statistics.centred, await statistics.centredGram());
});
