import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

import type { Config } from "../../config.js";
import { GraphBuilder } from "../../engine/onnx/graph-builder.js";
import { Session } from "../../engine/runtime/session.js";
import { sha256 } from "../../services/digest.js";
import { findProviders } from "../../services/ranking/find-providers.js";
import { RunNetwork } from "../../services/tokens/run-network.js";
import { LocalDiskStore } from "../../storage/local-disk.js";
import { fail, type Finding, ok, warn } from "./finding.js";

/** Side of the probe's images, pixels. */
const SIDE = 2;

/** Runs a graph on the processor, and fitness on the first execution provider of the configuration that can. */
export async function checkRuntime({ executionProviders }: Config): Promise<Finding> {
  const ignore = (): void => undefined; // the findings hold every reason
  const session = await Session.openOn(flatten(), "cpu");
  const values = new Float32Array(3 * SIDE * SIDE);
  await session.run({ image: { values, shape: [1, 3, SIDE, SIDE] } }, ["features"]);
  await session.release();
  try {
    const { usable, reasons } = await findProviders(executionProviders, ignore);
    const says = `rankings run on ${usable[0]}`;
    return reasons.length === 0
      ? ok(says)
      : warn(`${says}: ${reasons[0]}`, "See docs/gpu.md, or set ORB_EXECUTION_PROVIDERS=cpu.");
  } catch (error) {
    return fail((error as Error).message, "See docs/gpu.md, or set ORB_EXECUTION_PROVIDERS=cpu.");
  }
}

/** Runs a graph as a foreign PTM would be run. */
export async function checkSandbox({ sandboxMemoryBytes, sandboxSeconds }: Config): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), "orb-doctor-"));
  const store = new LocalDiskStore(folder);
  const limits = {
    memoryBytes: sandboxMemoryBytes,
    deadlineSeconds: sandboxSeconds,
    openDeadlineSeconds: sandboxSeconds,
  };
  const network = new RunNetwork(store, limits, 0);
  try {
    const graph = flatten();
    const artifactSha256 = sha256(graph);
    await store.write(artifactSha256, Readable.from([graph]), { maxBytes: graph.length });
    const signature = {
      input: "image",
      layout: "NCHW",
      channels: 3,
      height: SIDE,
      width: SIDE,
      range: [0, 1],
      mean: 0,
      std: 1,
      outputs: { features: "features" },
    } as const;
    const images = new Uint8Array(3 * SIDE * SIDE);
    const samples = {
      count: 1,
      height: SIDE,
      width: SIDE,
      images,
      labels: new Int32Array(1),
      classNames: ["probe"],
    };
    const begin = performance.now();
    for await (const { features } of network.run({ artifactSha256, signature }, samples)) void features;
    return ok(
      `a network runs in the sandbox, ${((performance.now() - begin) / 1000).toFixed(1)} s with its start`,
    );
  } finally {
    await network.close();
    await rm(folder, { recursive: true });
  }
}

/** The smallest PTM there is: an image as its own features. */
function flatten(): Uint8Array {
  const graph = new GraphBuilder("probe");
  graph.input("image", "float32", ["n", 3, SIDE, SIDE]);
  graph.node("Flatten", ["image"], {}, "features");
  graph.output("features", "float32", ["n", "width"]);
  return graph.finish();
}
