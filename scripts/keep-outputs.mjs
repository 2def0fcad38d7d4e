// Makes zoo/outputs/<task>.npz for the demo tasks whose images may not be carried: what every PTM of the zoo says about the
// task's samples (features and probabilities), so that the metrics can be evaluated on them without the images.
//
//   npm run build && node scripts/keep-outputs.mjs ARCHIVES [TASK...]
//
// ARCHIVES is a folder with the tasks' own archives, <task>.npz with images, labels and class_names; zoo/README.md says from
// which public repositories the images come. The PTMs run in the product's sandbox, exactly as a MEASURE job runs them.
// The same archives and PTMs give the same arrays; only `seconds` is a measurement. src/archives/kept-outputs.ts reads the
// files and documents them.
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { DEFAULT_ARCHIVE_LIMITS } from "../dist/src/archives/archive-limits.js";
import { encodeColumns, encodeProbabilities } from "../dist/src/archives/column-codes.js";
import { readTaskArchive } from "../dist/src/archives/task-archive.js";
import { ZOO_SIGNATURE } from "../dist/src/services/registry/import-zoo.js";
import { outputsOf } from "../dist/src/services/tokens/network-outputs.js";
import { RunNetwork } from "../dist/src/services/tokens/run-network.js";
import { textArray, writeNpz } from "./npz-file.mjs";

const [archives, ...chosen] = process.argv.slice(2);
if (archives === undefined) throw new Error("usage: node scripts/keep-outputs.mjs ARCHIVES [TASK...]");
const zoo = fileURLToPath(new URL("../zoo", import.meta.url));
const readJson = async (file) => JSON.parse(await readFile(join(zoo, file), "utf8"));
const ptms = (await readJson("ptms.json")).ptms.filter(({ role }) => role === "candidate");
const tasks = (await readJson("tasks.json")).filter(({ id, redistributable }) =>
  chosen.length > 0 ? chosen.includes(id) : !redistributable,
);

const files = new Map(ptms.map(({ id, sha256 }) => [sha256, join(zoo, "ptms", `${id}.onnx`)]));
const network = new RunNetwork(
  { path: async (sha256) => files.get(sha256) },
  { memoryBytes: 2 ** 31, deadlineSeconds: 60, openDeadlineSeconds: 60 },
);

await mkdir(join(zoo, "outputs"), { recursive: true });
for (const { id: task } of tasks) {
  const samples = await readTaskArchive(join(archives, `${task}.npz`), DEFAULT_ARCHIVE_LIMITS);
  const arrays = [["labels", "<i4", [samples.count], samples.labels]];
  const seconds = new Float64Array(ptms.length);
  for (const [i, { id, sha256 }] of ptms.entries()) {
    const batches = network.run({ artifactSha256: sha256, signature: ZOO_SIGNATURE }, samples);
    const outputs = await outputsOf(batches, Int32Array.from(samples.labels.keys()), async () => true);
    seconds[i] = Math.round(1000 * outputs.seconds) / 1000;
    const { features, sourceProbabilities } = outputs.matrices;
    const { codes, low, step } = encodeColumns(features);
    arrays.push(
      [`${id}.features`, "<u2", [features.rows, features.columns], codes],
      [`${id}.low`, "<f4", [features.columns], low],
      [`${id}.step`, "<f4", [features.columns], step],
      [
        `${id}.probabilities`,
        "<u2",
        [sourceProbabilities.rows, sourceProbabilities.columns],
        encodeProbabilities(sourceProbabilities),
      ],
    );
    process.stderr.write(`\r${task}: ${i + 1} of ${ptms.length} PTMs `);
  }
  arrays.push(
    textArray(
      "ptms",
      ptms.map(({ id }) => id),
    ),
    textArray(
      "sha256",
      ptms.map(({ sha256 }) => sha256),
    ),
    ["seconds", "<f8", [ptms.length], seconds],
  );
  const file = join(zoo, "outputs", `${task}.npz`);
  await writeNpz(file, arrays);
  const digest = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  process.stderr.write(`\n${file} ${digest}\n`);
}
