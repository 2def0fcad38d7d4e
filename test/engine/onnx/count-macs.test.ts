import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";

import { macProbe } from "../../../src/engine/onnx/count-macs.js";
import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";
import { Sandbox } from "../../../src/engine/runtime/sandbox/sandbox.js";
import { BOOL, flattenModel, graph, ifNode, node, tensor, value, FLOAT32 } from "../../support/onnx-parts.js";
import { mobileNetV2, resNet18 } from "../../support/published-networks.js";
import { zooFile } from "../../support/server.js";

const LIMITS = { memoryBytes: 1 << 30, deadlineSeconds: 60, openDeadlineSeconds: 60 };

/** Asks for the shapes in a sandbox, as a worker does. */
async function macsOf(model: Uint8Array, shape: readonly number[]): Promise<number> {
  const probe = macProbe(model);
  if ("reason" in probe) assert.fail(probe.reason);
  const sandbox = await Sandbox.open(probe.model, { input: "image", outputs: probe.outputs }, LIMITS);
  try {
    const image = new Float32Array(shape.reduce((product, size) => product * size, 1));
    const shapes = await sandbox.run(image, shape);
    return probe.count(new Map([...shapes].map(([output, { values }]) => [output, values])));
  } finally {
    await sandbox.close();
  }
}

function reasonOf(model: Uint8Array): string {
  const probe = macProbe(model);
  return "reason" in probe ? probe.reason : assert.fail("there is a count");
}

describe("the MACs of a network", () => {
  test("are the published 1.82 G for ResNet-18 and 0.30 G for MobileNetV2", async () => {
    // torchvision's model cards: 1.814 and 0.301 GFLOPS (they count a multiply-add as one), classifier included.
    assert.equal((await macsOf(resNet18(), [1, 3, 224, 224])) / 1e9, 1.814073344);
    assert.equal((await macsOf(mobileNetV2(), [1, 3, 224, 224])) / 1e6, 300.774272);
  });

  test("are, worked by hand, the sizes of outputs times what each of their elements sums over", async () => {
    const net = new GraphBuilder("by hand");
    const image = net.input("image", "float32", ["n", 3, 8, 8]);
    const weight = (...shape: number[]): string =>
      net.constant(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);
    const conv = net.node("Conv", [image, weight(6, 1, 3, 3)], {
      group: 3,
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    });
    const wide = net.node("ConvTranspose", [conv, weight(6, 5, 2, 2)], { strides: [2, 2] }); // [n, 5, 8, 8]
    const rows = net.node("MatMul", [wide, weight(8, 7)]); // [n, 5, 8, 7]
    const flat = net.node("Flatten", [rows]); // [n, 280]
    const upright = net.node("Transpose", [flat], { perm: [1, 0] });
    net.node("Gemm", [upright, weight(280, 4)], { transA: 1 }, "features");
    net.output("features", "float32", ["n", 4]);
    const byHand =
      6 * 4 * 4 * (1 * 3 * 3) + // each of 6 filters sees one of the 3 channels
      6 * 4 * 4 * (5 * 2 * 2) + // each element of the input goes to 5 maps of 2 x 2
      5 * 8 * 7 * 8 +
      4 * 280;
    assert.equal(await macsOf(net.finish(), [1, 3, 8, 8]), byHand);
  });

  test("of a ViT whose exporter computes its reshapes are counted too", async () => {
    const model = await readFile(zooFile("ptms/faces-vit.onnx"));
    // Patches of 4 x 4, 64 tokens of 64, 3 blocks, then 3 classes; attention's two products are 64 x 64 x 64 each.
    const block = 64 * (3 * 64 * 64 + 64 * 64 + 2 * 2 * 64 * 64) + 2 * 64 * 64 * 64;
    assert.equal(await macsOf(model, [1, 3, 32, 32]), 64 * 64 * 48 + 3 * block + 64 * 3);
  });

  test("are 0 where nothing is multiplied, without a run", () => {
    const probe = macProbe(flattenModel().finish());
    assert.ok(!("reason" in probe));
    assert.deepEqual([probe.outputs, probe.count(new Map())], [[], 0]);
  });

  test("are not guessed for operators that hide products, and for subgraphs", () => {
    for (const operator of ["Einsum", "LSTM", "Attention"]) {
      const model = flattenModel({ nodes: [node(operator, ["image"], ["x"])] }).finish();
      assert.equal(reasonOf(model), `operator "${operator}" has products that are not counted`);
    }
    const scaler = flattenModel({ nodes: [node("Scaler", ["image"], ["x"], [], "ai.onnx.ml")] }).finish();
    assert.equal(reasonOf(scaler), 'operator "ai.onnx.ml.Scaler" is not of ONNX\'s main set');
    const branch = graph({
      nodes: [node("MatMul", ["image", "image"], ["y"])],
      outputs: [value("y", FLOAT32, [])],
    });
    const chosen = flattenModel({
      nodes: [ifNode(branch)],
      initialisers: [tensor("condition", [], BOOL, Uint8Array.of(1))],
    }).finish();
    assert.match(reasonOf(chosen), /products lie in a subgraph/);
  });
});
