import { CompanionSessions } from "../../src/engine/runtime/companion-sessions.js";
import { RankedZoo } from "../../src/engine/runtime/ranked-zoo.js";
import type { ZooSessions } from "../../src/engine/runtime/zoo-sessions.js";

const noCompanions = await CompanionSessions.open([]);

/** A zoo as it is ranked by a spider alone. */
export function rankedZoo(zoo: ZooSessions, companions = noCompanions): RankedZoo {
  return new RankedZoo(zoo, companions);
}
