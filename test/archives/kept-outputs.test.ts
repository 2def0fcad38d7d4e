import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { DEFAULT_ARCHIVE_LIMITS } from "../../src/archives/archive-limits.js";
import { readKeptOutputs } from "../../src/archives/kept-outputs.js";
import { measure, type MetricName } from "../../src/engine/transferability/registry.js";
import { DomainError } from "../../src/errors.js";
import { npyBytes, utf32 } from "../support/npy-bytes.js";
import { npzBytes } from "../support/npz-bytes.js";
import { repositoryRoot } from "../support/paths.js";
import { temporaryFile } from "../support/temporary-file.js";

const zoo = new URL("zoo/", repositoryRoot);

test("the demo zoo keeps outputs of all its PTMs on every task without images", async () => {
  const { ptms } = JSON.parse(await readFile(new URL("ptms.json", zoo), "utf8")) as {
    ptms: { role: string; sha256: string; featureWidth: number; sourceClasses: number }[];
  };
  const tasks = JSON.parse(await readFile(new URL("tasks.json", zoo), "utf8")) as {
    id: string;
    samples: number;
    classes: string[];
    redistributable: boolean;
  }[];
  for (const task of tasks.filter(({ redistributable }) => !redistributable)) {
    const kept = await readKeptOutputs(
      fileURLToPath(new URL(`outputs/${task.id}.npz`, zoo)),
      DEFAULT_ARCHIVE_LIMITS,
    );
    assert.equal(kept.labels.length, task.samples);
    assert.equal(kept.classCount, task.classes.length);
    for (const { sha256, featureWidth, sourceClasses } of ptms.filter(({ role }) => role === "candidate")) {
      const { features, probabilities } = kept.byPtm.get(sha256)!;
      assert.deepEqual(
        [features.rows, features.columns, probabilities.rows, probabilities.columns],
        [task.samples, featureWidth, task.samples, sourceClasses],
      );
    }
  }
});

test("kept outputs give the values that the outputs gave before they were kept", async () => {
  // In numpy (float64) on the float32 outputs of the same graphs, outside this project, by digest of the PTM.
  const golden: Record<string, Partial<Record<MetricName, number>>> = {
    // digits-mobile
    "6ab844b1a07c56d7e75c9f20e4f03b2d19e4df5d4f903139d6c422dc50f37ee3": {
      NCE: -3.6888794541139367,
      LEEP: -3.688879299213865,
      TRANS_RATE_WEIGHTED: 60.12437938735678,
    },
    // letters-mobile
    "3ba6f988baf119f124ded60aa0314e0ce9476f9b9a97f147a363a40557d0e47c": {
      NCE: -3.262498553374804,
      LEEP: -3.544312240185431,
      TRANS_RATE_WEIGHTED: 74.42905770995624,
    },
  };
  const path = fileURLToPath(new URL("outputs/identities.npz", zoo));
  const { labels, classCount, byPtm } = await readKeptOutputs(path, DEFAULT_ARCHIVE_LIMITS);
  for (const [digest, values] of Object.entries(golden)) {
    const { features, probabilities } = byPtm.get(digest)!;
    const input = { features, labels, classCount, sourceProbabilities: probabilities };
    for (const [metric, value] of Object.entries(values)) {
      const difference = Math.abs((await measure(metric as MetricName, input)) / value - 1);
      assert.ok(difference <= 1e-4, `${metric} of ${digest} is off ${value} by ${difference}`); // 16 bits
    }
  }
});

const parts: Record<string, Buffer> = {
  labels: npyBytes("<i4", [2], Int32Array.of(0, 1)),
  ptms: npyBytes("<U1", [1], utf32(["a"], 1)),
  sha256: npyBytes("<U2", [1], utf32(["ff"], 2)),
  seconds: npyBytes("<f8", [1], Float64Array.of(1.5)),
  "a.features": npyBytes("<u2", [2, 1], Uint16Array.of(0, 2)),
  "a.low": npyBytes("<f4", [1], Float32Array.of(3)),
  "a.step": npyBytes("<f4", [1], Float32Array.of(0.5)),
  "a.probabilities": npyBytes("<u2", [2, 2], Uint16Array.of(0, 9, 9, 9)),
};

async function read(t: TestContext, arrays: Record<string, Buffer>): ReturnType<typeof readKeptOutputs> {
  return readKeptOutputs(await temporaryFile(t, await npzBytes(arrays)), DEFAULT_ARCHIVE_LIMITS);
}

test("kept outputs are decoded as the codes say", async (t) => {
  const { labels, classCount, byPtm } = await read(t, parts);
  assert.deepEqual([...labels], [0, 1]);
  assert.equal(classCount, 2);
  const { seconds, features, probabilities } = byPtm.get("ff")!;
  assert.equal(seconds, 1.5);
  assert.deepEqual([...features.values], [3, 4]);
  assert.deepEqual([...probabilities.values], [0, 1, 0.5, 0.5]);
});

test("kept outputs with an array missing or of another shape are refused by its name", async (t) => {
  const refused = (arrays: Record<string, Buffer>, message: RegExp): Promise<void> =>
    assert.rejects(
      read(t, arrays),
      (error) =>
        error instanceof DomainError && error.code === "BAD_USER_INPUT" && message.test(error.message),
    );
  const { "a.low": _low, ...without } = parts;
  await refused(without, /need an array "a\.low": f4 of shape \[1\]; got none/);
  await refused(
    { ...parts, "a.features": npyBytes("<u2", [1, 2], Uint16Array.of(0, 2)) },
    /"a\.features": u2 of shape \[2, any\]; got u2 of shape \[1, 2\]/,
  );
  await refused({ ...parts, ptms: parts["labels"]! }, /"ptms": texts; got i4/);
});
