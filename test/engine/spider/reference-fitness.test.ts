import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import sharp from "sharp";

import { matrix } from "../../../src/engine/matrix.js";
import type { Matrix } from "../../../src/engine/matrix.js";
import { float32Values, Session } from "../../../src/engine/runtime/session.js";
import { ZooSessions } from "../../../src/engine/runtime/zoo-sessions.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import { readSnapshot } from "../../../src/engine/spider/snapshot.js";
import { tokenMatrix } from "../../../src/engine/spider/spider.js";
import { ClassCentreAccumulator } from "../../../src/engine/tokens/class-centres.js";
import { preprocess } from "../../../src/engine/tokens/preprocess.js";
import type { ImageInput } from "../../../src/engine/tokens/preprocess.js";
import type { Images } from "../../../src/engine/tokens/resize.js";
import { repositoryRoot } from "../../support/paths.js";
import { readNpz, readZip } from "../../support/read-npz.js";

/*
 * The whole way from the zoo's files to fitness, against what PyTorch gave in float64 for a spider of its own: images ->
 * encoder -> class centres -> fitness, coarse and with specific tokens, by the reference form and by the fast one.
 */

interface Reference {
  tasks: Record<string, { coarse: Record<string, number>; withSpecificTokens: Record<string, number> }>;
}

interface LabelledImages {
  images: Images;
  labels: Int32Array;
  classCount: number;
}

const TOLERANCE = 1e-3; // as the reference demands: its class centres come from PyTorch's features
const onCpu = { executionProviders: ["cpu"], onWarning: (message: string) => assert.fail(message) } as const;
const zooFile = (path: string): URL => new URL(`zoo/${path}`, repositoryRoot);
const spiderFile = (path: string): URL => new URL(`test/refs/spider-zoo/${path}`, repositoryRoot);
const readJson = (path: string): unknown => JSON.parse(readFileSync(spiderFile(path), "utf8"));

const { spider } = readSnapshot(readFileSync(spiderFile("spider.safetensors")), readJson("manifest.json"));
const reference = readJson("reference-fitness.json") as Reference;
const zooInput: ImageInput = { layout: "NCHW", height: 32, width: 32, range: [0, 1], mean: 0, std: 1 };

async function centresBy(network: string, { images, labels, classCount }: LabelledImages): Promise<Matrix> {
  const session = await Session.open(readFileSync(zooFile(`ptms/${network}.onnx`)), onCpu);
  let centres: ClassCentreAccumulator | undefined;
  for (let start = 0; start < images.count; start += 50) {
    const count = Math.min(50, images.count - start);
    const pixels = images.pixels.subarray(start * 32 * 32 * 3, (start + count) * 32 * 32 * 3);
    const { features } = await session.run({ image: preprocess({ ...images, count, pixels }, zooInput) }, [
      "features",
    ]);
    const width = features.shape[1]!;
    centres ??= new ClassCentreAccumulator(classCount, width);
    centres.add(matrix(count, width, float32Values(features)), labels.subarray(start, start + count));
  }
  await session.release();
  return centres!.finish();
}

/** An .npz of class centres alone (of images that may not be passed on), or of images and labels. */
function readTask(file: string): { centres: Matrix } | LabelledImages {
  const arrays = readNpz(zooFile(`tasks/${file}`));
  const centres = arrays.get("centres");
  if (centres) {
    const [rows, columns] = centres.shape as [number, number];
    return { centres: matrix(rows, columns, new Float32Array(centres.bytes.buffer)) };
  }
  const { shape, bytes: pixels } = arrays.get("images")!;
  const [count, height, width] = shape as [number, number, number, number];
  const labels = Int32Array.from(new BigInt64Array(arrays.get("labels")!.bytes.buffer), Number);
  return { images: { count, height, width, pixels }, labels, classCount: Math.max(...labels) + 1 };
}

/** A zip with one folder of PNGs for each class; the order of classes has no influence on fitness. */
async function readImageFolders(file: string): Promise<LabelledImages> {
  const files = [...readZip(zooFile(`tasks/${file}`))].filter(([name]) => name.endsWith(".png"));
  const classes = [...new Set(files.map(([name]) => name.split("/").at(-2)!))];
  const pixels = new Uint8Array(files.length * 32 * 32 * 3);
  for (const [i, [, png]] of files.entries()) pixels.set(await sharp(png).raw().toBuffer(), i * 32 * 32 * 3);
  return {
    images: { count: files.length, height: 32, width: 32, pixels },
    labels: Int32Array.from(files, ([name]) => classes.indexOf(name.split("/").at(-2)!)),
    classCount: classes.length,
  };
}

for (const file of readdirSync(zooFile("tasks"))) {
  const id = file.replace(/\.(npz|zip)$/, "");
  test(`fitness of the zoo is what PyTorch gave: ${id}`, async () => {
    const task = file.endsWith(".zip") ? await readImageFolders(file) : readTask(file);
    const taskToken = "centres" in task ? task.centres : await centresBy("general-encoder", task);
    const zoo = await ZooSessions.open(
      spider.parameters,
      tokenMatrix(spider.ptms, spider.parameters.width),
      "cpu",
    );
    const scores = await zoo.score(taskToken);

    const { coarse, withSpecificTokens } = reference.tasks[id]!;
    const differences: number[] = [];
    spider.ptms.forEach((ptm, m) => {
      const plain = fitness(spider.parameters, ptm.token, taskToken);
      differences.push(Math.abs(plain - coarse[ptm.id]!), Math.abs(scores[m]! - coarse[ptm.id]!));
    });
    for (const [ptmId, expected] of Object.entries("centres" in task ? {} : withSpecificTokens)) {
      const ptmIndex = spider.ptms.findIndex((ptm) => ptm.id === ptmId);
      const { projection, projectionBias: bias } = spider.ptms[ptmIndex]!;
      const specificToken = await centresBy(ptmId, task as LabelledImages);
      const [got] = await zoo.scoreReranked(taskToken, [{ ptmIndex, specificToken, projection, bias }]);
      differences.push(Math.abs(got! - expected));
    }
    await zoo.release();
    const largest = Math.max(...differences);
    assert.ok(largest <= TOLERANCE, `largest difference ${largest}`);
  });
}
