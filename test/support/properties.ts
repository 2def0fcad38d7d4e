import * as fc from "fast-check";

/**
 * fast-check as every test takes it: with the same draws in every run, so that what passed here passes there. A counterexample
 * rarer than one in a run is looked for on purpose: `PROPERTY_SEED=2 PROPERTY_RUNS=5000 npm test -- words`.
 */
const { PROPERTY_SEED = "1", PROPERTY_RUNS = "100" } = process.env;
fc.configureGlobal({ seed: Number(PROPERTY_SEED), numRuns: Number(PROPERTY_RUNS) });

export { fc };
