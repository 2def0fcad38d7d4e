import { ofPtms } from "../../src/engine/training/training-pool.js";
import { keepArtifact } from "../../src/services/registry/keep-artifact.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { type RerankWorld, SIGNATURE } from "./rerank-world.js";
import { smallTrainingPool } from "./small-training-pool.js";
import { trainingPoolFile } from "./training-pool-file.js";

/** A pool that knows the world's PTMs, all of which take part in rankings. @returns its id */
export async function importedPool({ container, learned }: RerankWorld, name: string): Promise<string> {
  await container.dataSource.query("UPDATE ptm SET status = 'READY', status_reason = NULL");
  const small = smallTrainingPool(30);
  const pool = ofPtms(small, new Set(small.ptms.slice(0, learned.ptms.length).map(({ digest }) => digest)));
  const ptms = pool.ptms.map((ptm, m) => Object.assign({}, ptm, { digest: learned.ptms[m]!.digest }));
  const file = await trainingPoolFile({ ...pool, encoder: learned.encoder, ptms }, [
    `${name} 1`,
    `${name} 2`,
  ]);
  const digest = await keepArtifact(container.dataSource, container.store, file);
  const command = { name, file: digest, encoderSignature: SIGNATURE, images: new Map<string, string>() };
  return (await container.services.importPool.run(command, localViewer("test"))).id;
}
