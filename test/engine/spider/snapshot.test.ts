import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { readSafetensors, writeSafetensors } from "../../../src/engine/spider/safetensors.js";
import type { StoredTensor } from "../../../src/engine/spider/safetensors.js";
import { readSnapshot, writeSnapshot } from "../../../src/engine/spider/snapshot.js";
import { goldenParameters, goldenPtms, readGoldenSpider } from "../../support/golden-spider.js";
import { repositoryRoot } from "../../support/paths.js";

const golden = readGoldenSpider("spider_d32_m5_c4");
const spider = {
  encoder: { id: "encoder", digest: "e".repeat(64) },
  parameters: goldenParameters(golden),
  ptms: goldenPtms(golden),
};
const written = writeSnapshot(spider, "a test", { seed: 3, order: ["a"] });

/** The written snapshot with one thing changed in the weights and the digest put right again. */
function withTensors(change: (tensors: Map<string, StoredTensor>) => void): [Uint8Array, object] {
  const tensors = readSafetensors(written.weights);
  change(tensors);
  const weights = writeSafetensors(tensors);
  const sha256 = createHash("sha256").update(weights).digest("hex");
  return [weights, { ...written.manifest, sha256 }];
}

test("a spider comes back as it was written", () => {
  const { spider: read, manifest } = readSnapshot(
    written.weights,
    JSON.parse(JSON.stringify(written.manifest)),
  );
  assert.deepEqual(read, spider);
  assert.deepEqual(manifest.hyperparameters, { seed: 3, order: ["a"] });
  assert.deepEqual(writeSnapshot(read, "a test", { seed: 3, order: ["a"] }), written);
});

test("companions come back as they were written, with their tokens", () => {
  const other = {
    ...spider.parameters,
    headBias: 7,
    outputBias: spider.parameters.outputBias.map((v) => v + 1),
  };
  const ptms = spider.ptms.map((ptm) => ({ ...ptm, companionTokens: [ptm.token.map((value) => -value)] }));
  const joined = { ...spider, ptms, companions: [other] };
  const { weights, manifest } = writeSnapshot(joined, "a test", {});
  assert.equal(manifest.companions, 1);
  assert.deepEqual(readSnapshot(weights, manifest).spider, joined);
  assert.throws(
    () => readSnapshot(weights, { ...manifest, companions: 2 }),
    /tensor companion\.1\.ptm_tokens is missing/,
  );
  const { companions: _, ...without } = manifest;
  assert.throws(() => readSnapshot(weights, without), /companion\.0\./);
});

test("a spider of the zoo, written by PyTorch, is read", () => {
  const weights = readFileSync(new URL("test/refs/spider-zoo/spider.safetensors", repositoryRoot));
  const json = readFileSync(new URL("test/refs/spider-zoo/manifest.json", repositoryRoot), "utf8");
  const { spider: read } = readSnapshot(weights, JSON.parse(json));
  assert.ok(read.ptms.length > 1);
  assert.equal(read.ptms[0]!.token.length, read.parameters.width);
});

test("a manifest is refused field by field", () => {
  const { manifest, weights } = written;
  const cases: [unknown, RegExp][] = [
    [null, /spider manifest: manifest: .*expected object/],
    [{ ...manifest, width: 0 }, /width: /],
    [{ ...manifest, heads: 2 }, /heads: /],
    [{ ...manifest, surprise: 1 }, /Unrecognized key: "surprise"/],
    [{ ...manifest, layerNormEpsilon: 0 }, /layerNormEpsilon: /],
    [
      { ...manifest, encoder: { ...manifest.encoder, sha256: "E".repeat(64) } },
      /encoder\.sha256: must be a SHA-256/,
    ],
    [{ ...manifest, ptms: [] }, /ptms: /],
    [{ ...manifest, ptms: [manifest.ptms[0], { ...manifest.ptms[1], id: 7 }] }, /ptms\.1\.id: /],
    [
      { ...manifest, ptms: [manifest.ptms[0], manifest.ptms[0]] },
      /each PTM may come once, got "ptm_a" twice/,
    ],
    [{ ...manifest, sha256: "0".repeat(64) }, /manifest belongs to weights 0{64}, got [0-9a-f]{64}/],
    [{ ...manifest, width: 33 }, /tensor ptm_tokens must be \[5, 33\], got \[5, 32\]/],
    [{ ...manifest, ptms: manifest.ptms.slice(1) }, /ptm_tokens must be \[4, 32\], got \[5, 32\]/],
  ];
  for (const [bad, message] of cases) {
    assert.throws(() => readSnapshot(weights, bad), { name: "RangeError", message });
  }
});

test("weights are refused that miss a tensor, have one too many, or hold what is not finite", () => {
  const one = { shape: [1], values: Float32Array.of(1) };
  assert.throws(
    () => readSnapshot(...withTensors((tensors) => tensors.delete("norm_1.bias"))),
    /tensor norm_1\.bias is missing/,
  );
  assert.throws(
    () => readSnapshot(...withTensors((tensors) => tensors.set("stray", one))),
    /tensor stray belongs to no PTM/,
  );
  assert.throws(
    () =>
      readSnapshot(
        ...withTensors((tensors) => tensors.set("head.bias", { ...one, values: Float32Array.of(NaN) })),
      ),
    /tensor head\.bias: every value must be finite, got NaN/,
  );
  const broken = { ...spider, parameters: { ...spider.parameters, norm2Gain: new Float32Array(31) } };
  assert.throws(() => writeSnapshot(broken, "", {}), /norm2Gain must hold \[32\] values, got 31/);
});
