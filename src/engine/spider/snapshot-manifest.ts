import { z } from "zod";

const digest = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal");
const width = z.int().min(1).max(65_536);
const id = z.string().min(1).max(200);

const manifestSchema = z.strictObject({
  format: z.literal("safetensors, row-major float32, Linear weights [out, in]"),
  width,
  heads: z.literal(1), // the estimator has one head; another number would be another formula
  layerNormEpsilon: z.number().positive().max(1),
  encoder: z.strictObject({ id, sha256: digest, width }),
  ptms: z.array(z.strictObject({ id, sha256: digest, featureWidth: width })).min(1),
  // How many further estimators have a say in coarse fitness (ranking/with-companions.ts); absent is none.
  companions: z.int().min(1).max(64).optional(),
  sha256: digest,
  madeBy: z.string().max(2_000),
  // How much outcomes on other tasks count beside fitness (ranking/with-prior.ts); absent is 0, fitness alone.
  priorWeight: z.number().positive().max(10).optional(),
  hyperparameters: z.record(z.string().max(100), z.json()).optional(),
});

/** The readable half of a snapshot; `sha256` binds it to the file with the weights. */
export type SnapshotManifest = z.infer<typeof manifestSchema>;

/**
 * Checks a manifest field by field. Unknown fields are refused: one could mean that the weights are to be read
 * differently.
 *
 * @throws RangeError naming every field that does not fit
 */
export function parseSnapshotManifest(manifest: unknown): SnapshotManifest {
  const result = manifestSchema.safeParse(manifest);
  if (!result.success) {
    const faults = result.error.issues.map(
      ({ path, message }) => `${path.join(".") || "manifest"}: ${message}`,
    );
    throw new RangeError(`spider manifest: ${faults.join("; ")}`);
  }
  const ids = new Set<string>();
  for (const { id } of result.data.ptms) {
    if (ids.has(id)) throw new RangeError(`spider manifest: each PTM may come once, got "${id}" twice`);
    ids.add(id);
  }
  return result.data;
}
