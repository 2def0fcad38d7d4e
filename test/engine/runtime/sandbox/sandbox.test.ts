import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { ModelRefused } from "../../../../src/engine/onnx/model-refused.js";
import type { ProtobufWriter } from "../../../../src/engine/onnx/protobuf-writer.js";
import { ModelFailure } from "../../../../src/engine/runtime/sandbox/model-failure.js";
import { Sandbox } from "../../../../src/engine/runtime/sandbox/sandbox.js";
import type { ModelSource, SandboxOptions } from "../../../../src/engine/runtime/sandbox/sandbox.js";
import {
  FLOAT32,
  INT64,
  constantNode,
  endlessLoop,
  externalTensor,
  flattenModel,
  floats,
  graph,
  images,
  int64s,
  model,
  node,
  tensor,
  tensorAttribute,
  value,
} from "../../../support/onnx-parts.js";
import { childrenOf, isRunning } from "../../../support/processes.js";

const options: SandboxOptions = {
  memoryBytes: 1024 ** 3,
  deadlineSeconds: 60,
  openDeadlineSeconds: 60,
};
const ports = { input: "image", outputs: ["features"] };
const batch = Float32Array.from({ length: 24 }, (_, i) => i);
const shape = [2, 3, 2, 2];

async function inSandbox<T>(
  source: ModelSource | ProtobufWriter,
  use: (sandbox: Sandbox) => Promise<T>,
  changes: Partial<SandboxOptions> = {},
): Promise<T> {
  const content = "finish" in source ? source.finish() : source;
  const sandbox = await Sandbox.open(content, ports, { ...options, ...changes });
  try {
    return await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** Opens the model and runs one batch of two images; the whole must fail with that code. */
async function fails(
  source: ModelSource | ProtobufWriter,
  code: string,
  message: RegExp,
  changes: Partial<SandboxOptions> = {},
): Promise<void> {
  await assert.rejects(
    inSandbox(source, (sandbox) => sandbox.run(batch, shape), changes),
    (error) => {
      assert.ok(error instanceof ModelFailure || error instanceof ModelRefused, String(error));
      assert.match(error.message, message);
      assert.equal(error.code, code);
      return true;
    },
  );
}

/** features = the last of the nodes, which start from image. */
function computing(...nodes: ProtobufWriter[]): ProtobufWriter {
  const anyImages = value("image", FLOAT32, ["n", "c", "h", "w"]);
  return model(graph({ nodes, inputs: [anyImages], outputs: [value("features", FLOAT32, ["a", "b"])] }));
}

const integers = (name: string, ...values: number[]): ProtobufWriter =>
  constantNode(tensor(name, [values.length], INT64, int64s(...values)), name);

test("a warm sandbox runs batch after batch and its rows are the model's", () =>
  inSandbox(flattenModel(), async (sandbox) => {
    for (const n of [2, 1, 2]) {
      const rows = await sandbox.run(batch.subarray(0, 12 * n), [n, 3, 2, 2]);
      assert.deepEqual(rows.get("features"), { rows: n, columns: 12, values: batch.slice(0, 12 * n) });
    }
    assert.equal(sandbox.inspection.nodeCount, 1);
  }));

test("the child has no environment, a working directory that is gone and a limit, and close ends it", () =>
  inSandbox(flattenModel(), async (sandbox) => {
    const [child = 0] = childrenOf(process.pid);
    assert.ok(isRunning(child));
    if (process.platform === "linux") {
      assert.equal(await readFile(`/proc/${child}/environ`, "utf8"), "");
      assert.match(await readlink(`/proc/${child}/cwd`), / \(deleted\)$/);
      const limits = await readFile(`/proc/${child}/limits`, "utf8");
      assert.match(limits, /Max data size\s+1073741824\s+1073741824/);
      assert.match(limits, /Max file size\s+0\s+0/);
    }
    await sandbox.close();
    assert.equal(isRunning(child), false);
    await assert.rejects(sandbox.run(batch, shape), /the sandbox was closed/);
  }));

test("another form of the model runs in the same process, and one that is refused costs nothing", () =>
  inSandbox(flattenModel(), async (sandbox) => {
    const children = childrenOf(process.pid);
    const refused = flattenModel({ initialisers: [externalTensor("secret")] }).finish();
    await assert.rejects(sandbox.reopen(refused, ports), ModelRefused);
    await sandbox.run(batch, shape);

    const anyImages = value("image", FLOAT32, ["n", "c", "h", "w"]);
    const nodes = [node("Flatten", ["image"], ["flat"]), node("Neg", ["flat"], ["negated"])];
    const form = model(
      graph({ nodes, inputs: [anyImages], outputs: [value("negated", FLOAT32, ["a", "b"])] }),
    ).finish();
    const reopened = await sandbox.reopen(form, { input: "image", outputs: ["negated"] });
    const rows = await reopened.run(batch, shape);
    assert.deepEqual(
      rows.get("negated")?.values,
      batch.map((x) => -x),
    );
    assert.deepEqual(childrenOf(process.pid), children);
  }));

test("a loop without end is killed at the deadline", () =>
  fails(endlessLoop(), "MODEL_TIMEOUT", /longer than 0.2 s/, { deadlineSeconds: 0.2 }));

test("a model that is not loaded by its deadline is killed", () => {
  // A hundred times what any machine loads in the time that it is given.
  const chain = Array.from({ length: 20_000 }, (_, i) => node("Relu", [`x${i}`], [`x${i + 1}`]));
  const long = computing(
    node("Flatten", ["image"], ["x0"]),
    ...chain,
    node("Relu", ["x20000"], ["features"]),
  );
  return fails(long, "MODEL_TIMEOUT", /longer than 0.005 s/, { openDeadlineSeconds: 0.005 });
});

test("40 GB of ConstantOfShape end with MODEL_OUT_OF_MEMORY", () => {
  const size = integers("size", 2, 5_000_000_000);
  const fill = tensorAttribute("value", tensor("", [1], FLOAT32, floats(1)));
  const big = computing(size, node("ConstantOfShape", ["size"], ["features"], [fill]));
  return fails(big, "MODEL_OUT_OF_MEMORY", /more memory than it may use/);
});

test("external data never reaches ONNX Runtime", () =>
  fails(
    flattenModel({ initialisers: [externalTensor("secret")] }),
    "UNSUPPORTED_MODEL",
    /has external data/,
  ));

test("what ONNX Runtime refuses is INVALID_MODEL with its reason", async () => {
  await fails(computing(node("NoSuchOperator", ["image"], ["features"])), "INVALID_MODEL", /NoSuchOperator/);
  await fails(
    computing(
      node("Relu", ["b"], ["a"]),
      node("Relu", ["a"], ["b"]),
      node("Flatten", ["image"], ["features"]),
    ),
    "INVALID_MODEL",
    /ONNX Runtime refused the model/,
  );
});

test("a model that fails while it runs is INVALID_MODEL with the reason", () =>
  fails(
    computing(integers("to", 7), node("Reshape", ["image", "to"], ["features"])),
    "INVALID_MODEL",
    /Reshape/,
  ));

test("NaN and infinite outputs are INVALID_OUTPUT, then and ever after", () => {
  const zeros = node("Sub", ["flat", "flat"], ["zeros"]);
  const flat = node("Flatten", ["image"], ["flat"]);
  const nan = computing(flat, zeros, node("Div", ["zeros", "zeros"], ["features"]));
  return inSandbox(nan, async (sandbox) => {
    const expected = { code: "INVALID_OUTPUT", message: /"features" must be finite, got NaN at index 0/ };
    await assert.rejects(sandbox.run(batch, shape), expected);
    await assert.rejects(sandbox.run(batch, shape), expected);
  });
});

test("outputs of another rank, type or number of rows are INVALID_OUTPUT", async () => {
  const open = (name: string, type: number): ProtobufWriter => value(name, type, ["a", "b"]);
  await fails(
    model(
      graph({
        nodes: [node("Identity", ["image"], ["features"])],
        inputs: [value("image", FLOAT32, ["a", "b", "c", "d"])],
        outputs: [value("features", FLOAT32, ["a", "b", "c", "d"])],
      }),
    ),
    "INVALID_OUTPUT",
    /has shape \[2, 3, 2, 2\], expected \[2, width\]/,
  );
  await fails(
    computing(integers("to", 1, -1), node("Reshape", ["image", "to"], ["features"])),
    "INVALID_OUTPUT",
    /has shape \[1, 24\], expected \[2, width\]/,
  );
  await fails(
    model(
      graph({
        nodes: [node("Shape", ["image"], ["features"])],
        inputs: [images],
        outputs: [open("features", INT64)],
      }),
    ),
    "UNSUPPORTED_MODEL",
    /output "features" is of int64, expected float32/,
  );
});

test("a width that changes between batches is INVALID_OUTPUT", () =>
  inSandbox(computing(node("Flatten", ["image"], ["features"])), async (sandbox) => {
    await sandbox.run(batch.subarray(0, 12), [1, 3, 2, 2]);
    const expected = { code: "INVALID_OUTPUT", message: /"features" has width 24 after width 12/ };
    await assert.rejects(sandbox.run(batch, [1, 3, 2, 4]), expected);
  }));

test("a file is known by its digest and refused by its size before it is read", async () => {
  const directory = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
  try {
    const path = join(directory, "model.onnx");
    const bytes = flattenModel().finish();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await writeFile(path, bytes);
    const rows = await inSandbox({ path, sha256 }, (sandbox) => sandbox.run(batch, shape));
    assert.equal(rows.get("features")?.columns, 12);

    await writeFile(path, flattenModel({ nodes: [node("Relu", ["image"], ["x"])] }).finish());
    await fails({ path, sha256 }, "INVALID_MODEL", /has the digest \w+, expected \w+/);

    const file = await open(path, "w");
    await file.truncate(1024 ** 3); // sparse: a gigabyte that takes no room
    await file.close();
    await fails({ path, sha256 }, "UNSUPPORTED_MODEL", /has 1073741824 bytes, at most 536870912 are allowed/);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("an abort ends the batch with the caller's reason", () =>
  inSandbox(endlessLoop(), async (sandbox) => {
    const cancelled = new Error("cancelled by its owner");
    const controller = new AbortController();
    const running = sandbox.run(batch, shape, controller.signal);
    controller.abort(cancelled);
    await assert.rejects(running, cancelled);
    await assert.rejects(sandbox.run(batch, shape), cancelled);
  }));

test(
  "the child dies with its parent, even in an endless loop, and leaves nothing",
  { timeout: 20_000 },
  async () => {
    const script = fileURLToPath(new URL("../../../support/sandbox-owner.js", import.meta.url));
    const owner = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = (await once(owner.stdout, "data")) as [Buffer];
    assert.equal(said.toString(), "running");
    const [child = 0] = childrenOf(owner.pid ?? 0);
    assert.ok(isRunning(child));
    if (process.platform === "linux") {
      assert.match(await readlink(`/proc/${child}/cwd`), / \(deleted\)$/); // nothing that could be left
    }
    owner.kill("SIGKILL");
    await once(owner, "exit");
    while (isRunning(child)); // its end is no event of this process; the test's timeout bounds the wait
  },
);

test("batches and options that make no sense are refused by name", async () => {
  await inSandbox(flattenModel(), async (sandbox) => {
    await assert.rejects(
      sandbox.run(batch, [0, 3, 2, 2]),
      /sizes of a batch must be integers >= 1, got \[0, 3/,
    );
    await assert.rejects(sandbox.run(batch, [3, 3, 2, 2]), /shape \[3, 3, 2, 2\] needs 36 values, got 24/);
    const first = sandbox.run(batch, shape);
    await assert.rejects(sandbox.run(batch, shape), /one question at a time/);
    await first;
  });
  await assert.rejects(
    Sandbox.open(flattenModel().finish(), { input: "x", outputs: [] }, options),
    /the model has no input "x"/,
  );
  await assert.rejects(
    Sandbox.open(flattenModel().finish(), ports, { ...options, deadlineSeconds: 0 }),
    /deadlineSeconds must be > 0, got 0/,
  );
  await assert.rejects(
    Sandbox.open(flattenModel().finish(), ports, { ...options, memoryBytes: 1024 }),
    /memoryBytes must be >= 201326592, got 1024/,
  );
});
