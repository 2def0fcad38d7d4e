import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { readConfig } from "../../src/config.js";
import { Container } from "../../src/container.js";
import { createLogger } from "../../src/log.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { ENCODER_SIGNATURE } from "../../src/services/registry/import-zoo.js";
import { ZOO_FOLDER } from "./workload.js";

/** Makes a registry that holds the demo zoo's spider and nothing else, for the API has no door for spiders yet. */
export async function plantSpider(home: string): Promise<void> {
  const container = await Container.open(readConfig({ ORB_HOME: home }), createLogger("warn"));
  try {
    await container.services.importZoo.upload(join(ZOO_FOLDER, "ptms", "general-encoder.onnx"));
    await container.services.importSpider.run(
      {
        snapshot: await container.services.importZoo.upload(join(ZOO_FOLDER, "spider", "spider.safetensors")),
        manifest: JSON.parse(await readFile(join(ZOO_FOLDER, "spider", "manifest.json"), "utf8")) as unknown,
        encoderSignature: ENCODER_SIGNATURE,
      },
      localViewer("test"),
    );
  } finally {
    await container.close();
  }
}
