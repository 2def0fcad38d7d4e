import assert from "node:assert/strict";
import { readFile, truncate } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { ProtobufWriter } from "../../src/engine/onnx/protobuf-writer.js";
import { uniformStream } from "../../src/engine/random.js";
import { Artifact } from "../../src/entities/artifact.js";
import { sha256 } from "../../src/services/digest.js";
import {
  constantNode,
  endlessLoop,
  externalTensor,
  flattenModel,
  floats,
  FLOAT32,
  graph,
  ifNode,
  int64s,
  INT64,
  node,
  sparseTensor,
  tensor,
} from "../support/onnx-parts.js";
import { startTestServer, type TestServer, zooFile } from "../support/server.js";

const ADD = `mutation ($input: AddPtmInput!) {
  addPtm(input: $input) {
    ptm { id name version status tags architecture license card parameterCount sizeBytes artifact { sha256 sizeBytes } }
    job { id kind }
    userErrors { code message path }
  }
}`;

interface Added {
  readonly ptm: {
    readonly id: string;
    readonly name: string;
    readonly version: number;
    readonly tags: string[];
  } | null;
  readonly job: { readonly id: string; readonly kind: string } | null;
  readonly userErrors: readonly { code: string; message: string; path: string[] }[];
}

interface Costs {
  readonly status: string;
  readonly macs: number | null;
  readonly macsReason: string | null;
  readonly latency: {
    readonly milliseconds: number;
    readonly batchSize: number;
    readonly batches: number;
    readonly provider: string;
    readonly threads: number;
    readonly machine: string;
  } | null;
}

/** Fits `flattenModel`. */
const SMALL = { input: "image", height: 2, width: 2 };
const ZOO = { input: "image", height: 32, width: 32, probabilities: "probabilities" };

let server: TestServer;
before(async () => {
  server = await startTestServer({
    ptms: ["hands-mobile"],
    config: { sandboxSeconds: 4, sandboxMemoryBytes: 512 << 20 },
  });
});
after(() => server.close());

async function add(input: object): Promise<Added> {
  return (await server.ask<{ addPtm: Added }>(ADD, { input })).addPtm;
}

/** Distinct weights each: the name of an unused constant is part of the file. */
function variant(i: number): Promise<string> {
  return server.upload(
    flattenModel({ nodes: [constantNode(tensor("t", [1], FLOAT32, floats(i)), `c${i}`)] }).finish(),
  );
}

async function counts(): Promise<unknown> {
  const { dataSource } = server.container;
  const [row] = (await dataSource.query(
    "SELECT (SELECT count(*) FROM ptm) AS ptms, (SELECT count(*) FROM job) AS jobs",
  )) as unknown[];
  return row;
}

async function refused(input: object, code: string, message: RegExp): Promise<void> {
  const before = await counts();
  const { ptm, job, userErrors } = await add(input);
  assert.deepEqual([ptm, job], [null, null]);
  assert.equal(userErrors[0]!.code, code, userErrors[0]!.message);
  assert.match(userErrors[0]!.message, message);
  assert.doesNotMatch(userErrors[0]!.message, /\/tmp\/|SELECT/);
  assert.deepEqual(await counts(), before);
}

async function statusOf(
  id: string,
): Promise<{ status: string; statusReason: string | null; featureWidth: number | null }> {
  const { ptm } = await server.ask<{
    ptm: { status: string; statusReason: string | null; featureWidth: number | null };
  }>(`query ($id: ID!) { ptm(id: $id) { status statusReason featureWidth } }`, { id });
  return ptm;
}

describe("addPtm", () => {
  test("of weights that the spider knows is READY when its job is over, with what was said about it", async () => {
    const file = await readFile(zooFile("ptms/digits-mobile.onnx"));
    const artifact = await server.upload(file);
    const said = {
      architecture: "mobile",
      license: "Apache-2.0",
      card: "# Card\n\u{1f577}",
      tags: ["b", "a", "b"],
    };
    const { ptm, job } = await add({ name: "digits", artifact, signature: ZOO, ...said });
    assert.equal(job!.kind, "TOKENIZE_PTM");
    const { id, parameterCount, ...rest } = ptm as unknown as Record<string, unknown>;
    assert.ok(Number(parameterCount) > 1000);
    assert.deepEqual(rest, {
      ...said,
      name: "digits",
      version: 1,
      status: "INSPECTING",
      tags: ["b", "a"],
      sizeBytes: file.length,
      artifact: { sha256: artifact, sizeBytes: file.length },
    });
    await server.jobsOver();
    assert.deepEqual(await statusOf(String(id)), { status: "READY", statusReason: null, featureWidth: 128 });
  });

  test("tells what the PTM costs once it was run, and counts an older one when it is added again", async () => {
    const artifact = await server.upload(await readFile(zooFile("ptms/letters-mobile.onnx")));
    const input = { name: "letters", artifact, signature: ZOO };
    const { ptm } = await add(input);
    await server.jobsOver();
    const costs = async (id: string): Promise<Costs> => {
      const query = `query ($id: ID!) { ptm(id: $id) {
        status macs macsReason latency { milliseconds batchSize batches provider threads machine codeVersion } } }`;
      return (await server.ask<{ ptm: Costs }>(query, { id })).ptm;
    };
    const { latency, ...counted } = await costs(ptm!.id);
    assert.deepEqual(counted, { status: "READY", macs: 1_595_648, macsReason: null });
    assert.deepEqual([latency!.batchSize, latency!.provider, latency!.threads], [64, "cpu", 1]);
    assert.ok(latency!.milliseconds > 0 && latency!.batches >= 1 && latency!.machine !== "");

    await server.container.dataSource.query("UPDATE ptm SET macs = NULL WHERE name = 'letters'");
    const again = await add(input);
    assert.deepEqual([again.ptm!.id, again.job!.kind], [ptm!.id, "TOKENIZE_PTM"]);
    assert.equal((await add(input)).job!.id, again.job!.id);
    await server.jobsOver();
    assert.equal((await costs(ptm!.id)).macs, 1_595_648);
    assert.equal((await add(input)).job!.id, again.job!.id);
  });

  test("says why MACs cannot be told of a network whose products are not counted", async () => {
    const equation = new ProtobufWriter().text(1, "equation").text(4, "nd,nd->n").integer(20, 3);
    const model = flattenModel({ nodes: [node("Einsum", ["features", "features"], ["x"], [equation])] });
    const artifact = await server.upload(model.finish());
    const { ptm } = await add({ name: "sums", artifact, signature: SMALL });
    await server.jobsOver();
    const { ptm: sums } = await server.ask<{ ptm: Costs }>(
      `query ($id: ID!) { ptm(id: $id) { status macs macsReason } }`,
      { id: ptm!.id },
    );
    const macsReason = 'operator "Einsum" has products that are not counted';
    assert.deepEqual(sums, { status: "REGISTERED", macs: null, macsReason });
  });

  test("of other weights ends as REGISTERED and says why", async () => {
    const { ptm } = await add({ name: "unknown", artifact: await variant(1), signature: SMALL });
    await server.jobsOver();
    const { status, statusReason, featureWidth } = await statusOf(ptm!.id);
    assert.deepEqual([status, featureWidth], ["REGISTERED", 12]);
    assert.match(statusReason!, /Spider 1 has no token for these weights/);
  });

  test("is the same PTM when it is repeated; other weights conflict or become the next version", async () => {
    const [one, two] = [await variant(2), await variant(3)];
    const first = await add({ name: "Twice", artifact: one, signature: SMALL });
    const again = await add({ name: "twice", artifact: one, signature: SMALL, newVersion: true });
    assert.deepEqual([again.ptm!.id, again.job!.id], [first.ptm!.id, first.job!.id]);
    await refused({ name: "TWICE", artifact: two, signature: SMALL }, "CONFLICT", /other weights.*version 2/);
    const second = await add({ name: "TWICE", artifact: two, signature: SMALL, newVersion: true });
    assert.deepEqual([second.ptm!.name, second.ptm!.version], ["Twice", 2]);
    await server.jobsOver();
  });

  test("71: of fifty at once under one name with other weights each, one succeeds and 49 conflict", async () => {
    const artifacts = await Promise.all(Array.from({ length: 50 }, (_, i) => variant(100 + i)));
    const before = await counts();
    const answers = await Promise.all(
      artifacts.map((artifact) => add({ name: "contended", artifact, signature: SMALL })),
    );
    const codes = answers.map(({ ptm, userErrors }) => (ptm ? "added" : userErrors[0]!.code)).sort();
    assert.deepEqual(codes, [...Array<string>(49).fill("CONFLICT"), "added"]);
    assert.notDeepEqual(await counts(), before);
    await server.jobsOver();
  });

  test("of a network that never ends is FAILED with the reason, and the server goes on", async () => {
    const artifact = await server.upload(endlessLoop().finish());
    const { ptm } = await add({ name: "endless", artifact, signature: SMALL });
    await server.jobsOver();
    const { status, statusReason } = await statusOf(ptm!.id);
    assert.equal(status, "FAILED");
    assert.match(statusReason!, /MODEL_TIMEOUT|deadline|seconds/);
    assert.doesNotMatch(statusReason!, /\/tmp\//);
    assert.equal((await fetch(`${server.address}/readyz`)).status, 200);
  });
});

describe("addPtm refuses a bad file and leaves no row:", () => {
  const sound = flattenModel().finish();
  const values = tensor("v", [1], FLOAT32, floats(1));
  const indices = tensor("i", [1], INT64, int64s(0));
  const files = ["/etc/passwd", "../secret", ".env", "model.onnx_data"];
  const next = uniformStream(7);
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["empty", new Uint8Array()],
    ["text", Buffer.from("hello, I am no model")],
    ["noise", Uint8Array.from({ length: 5000 }, () => 256 * next())],
    ["truncated", sound.subarray(0, sound.length - 20)],
    ["a graph without nodes", graph({}).finish()],
    ["a pickle called ONNX", Buffer.from("\u0080\u0004\u0095cposix\nsystem\n", "latin1")],
    [
      "a custom operator",
      flattenModel({ nodes: [node("Evil", ["image"], ["evil"], [], "com.evil")] }).finish(),
    ],
    ...files.flatMap((file): [string, Uint8Array][] => [
      [
        `external data ${file} in an initialiser`,
        flattenModel({ initialisers: [externalTensor("w", file)] }).finish(),
      ],
      [
        `external data ${file} in a Constant`,
        flattenModel({ nodes: [constantNode(externalTensor("w", file))] }).finish(),
      ],
      [
        `external data ${file} in a sparse initialiser`,
        flattenModel({
          sparseInitialisers: [sparseTensor(externalTensor("w", file), indices, [4])],
        }).finish(),
      ],
      [
        `external data ${file} in the indices of a sparse initialiser`,
        flattenModel({ sparseInitialisers: [sparseTensor(values, externalTensor("i", file), [4])] }).finish(),
      ],
      [
        `external data ${file} in a subgraph`,
        flattenModel({ nodes: [ifNode(graph({ initialisers: [externalTensor("w", file)] }))] }).finish(),
      ],
    ]),
  ];
  for (const [what, bytes] of cases) {
    test(what, async () => {
      const artifact = await server.upload(bytes);
      await refused(
        { name: what, artifact, signature: SMALL },
        "BAD_USER_INPUT",
        /^(INVALID|UNSUPPORTED)_MODEL: /,
      );
    });
  }

  test("a graph of 1 GB, by its size alone", async () => {
    const { store, dataSource } = server.container;
    const artifact = await server.upload(Buffer.from("soon a GB that takes no room"));
    await truncate(await store.path(artifact), 2 ** 30);
    await dataSource.getRepository(Artifact).update({ sha256: artifact }, { sizeBytes: 2 ** 30 });
    await refused({ name: "huge", artifact, signature: SMALL }, "BAD_USER_INPUT", /^UNSUPPORTED_MODEL: /);
  });

  test("a file that nobody uploaded", async () => {
    const input = { name: "absent", artifact: sha256("absent"), signature: SMALL };
    await refused(input, "NOT_FOUND", /upload the file first/);
  });
});

describe("addPtm refuses what does not fit:", () => {
  for (const [what, change, message] of [
    ["an input of another name", { signature: { ...SMALL, input: "pixels" } }, /input/],
    ["an output of another name", { signature: { ...SMALL, features: "embedding" } }, /embedding/],
    ["another size", { signature: { ...SMALL, height: 3 } }, /height|shape|3/],
    ["no size", { signature: { ...SMALL, height: 0 } }, /height/],
    ["a negative size", { signature: { ...SMALL, width: -1 } }, /width/],
    ["a size of 2^31 - 1", { signature: { ...SMALL, width: 2 ** 31 - 1 } }, /width/],
    ["the layout the other way round", { signature: { ...SMALL, layout: "NHWC" } }, /./],
    ["two means", { signature: { ...SMALL, mean: [1, 2] } }, /mean/],
    ["no mean", { signature: { ...SMALL, mean: [] } }, /mean/],
    ["a deviation of zero", { signature: { ...SMALL, std: [0] } }, /std/],
    ["a negative deviation", { signature: { ...SMALL, std: [1, 1, -1] } }, /std/],
    ["a range without width", { signature: { ...SMALL, low: 1, high: 1 } }, /range|low|high/],
    ["more than 50 tags", { tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }, /at most 50 tags/],
    ["an invisible tag", { tags: ["a\u202eb"] }, /invisible/],
    ["a licence of 201 characters", { license: "x".repeat(201) }, /license must have at most 200/],
    [
      "an architecture of 201 characters",
      { architecture: "x".repeat(201) },
      /architecture must have at most 200/,
    ],
    ["a card of 100,001 characters", { card: "x".repeat(100_001) }, /card must have at most 100000/],
    ["a NUL in the card", { card: "a\0b" }, /card must not hold NUL/],
    ["half a surrogate pair in the card", { card: "a\ud800b" }, /surrogate/],
    ["a name that breaks the line", { name: "a\nb" }, /A name must/],
  ] as const) {
    test(what, async () => {
      const input = { name: what, artifact: await variant(4), signature: SMALL, ...change };
      await refused(input, "BAD_USER_INPUT", message);
    });
  }

  test("numbers that are no finite float, and enums and digests that are none", async () => {
    const artifact = await variant(5);
    const literal = (low: string, digest = artifact, modality = "IMAGE"): string =>
      `mutation { addPtm(input: { name: "x", artifact: "${digest}", modality: ${modality},
        signature: { input: "image", height: 2, width: 2, low: ${low} } }) { ptm { id } } }`;
    for (const query of [
      literal("1e999"),
      literal("-1e999"),
      literal("NaN"),
      literal(`"1"`),
      literal("0", "../../etc/passwd"),
      literal("0", artifact.toUpperCase()),
      literal("0", artifact, "SOUND"),
    ]) {
      const { errors } = await server.request(query);
      assert.equal(errors?.[0]?.extensions.code, "GRAPHQL_VALIDATION_FAILED", query);
    }
  });
});
