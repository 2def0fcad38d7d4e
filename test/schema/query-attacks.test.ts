import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { isInputObjectType, isObjectType } from "graphql";
import { v7 as uuid } from "uuid";

import { toGlobalId } from "../../src/schema/global-id.js";
import { plainSchema } from "../support/plain-schema.js";
import { type Answer, type ApiError, startTestServer } from "../support/server.js";
import { statementsOf } from "../support/statements.js";

const server = await startTestServer();
after(() => server.close());

const GRAPHQL_RESPONSE = "application/graphql-response+json";

/** Sends bytes as they are. The newer media type, so that the status tells a refusal. */
async function send(
  body: string | Uint8Array<ArrayBuffer> | undefined,
  {
    method = "POST",
    path = "/graphql",
    headers = {},
  }: { method?: string; path?: string; headers?: object } = {},
): Promise<Answer<Record<string, unknown>> & { text: string }> {
  const response = await fetch(server.address + path, {
    method,
    headers: { "content-type": "application/json", accept: GRAPHQL_RESPONSE, ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, ...(JSON.parse(text) as object), text };
}

const query = (text: string, variables: object = {}): ReturnType<typeof send> =>
  send(JSON.stringify({ query: text, variables }));

/** Every refusal is JSON with code and request id, and never tells of the inside. */
function assertRefusal(
  answer: Answer<unknown> & { readonly text?: string },
  status: number,
  code: string,
  message?: RegExp,
): ApiError {
  const [error] = answer.errors ?? [];
  assert.ok(error, `no error in ${JSON.stringify(answer)}`);
  assert.deepEqual([answer.status, error.extensions.code], [status, code], error.message);
  for (const { extensions } of answer.errors!) assert.match(extensions.requestId ?? "", /^[0-9a-f-]{36}$/);
  assert.doesNotMatch(JSON.stringify(answer), /stacktrace|node_modules|\.js:\d|\/tmp\/|SELECT |postgres/);
  if (message) assert.match(error.message, message);
  return error;
}

/** Refused before anything ran: no statement reached the database. */
async function refusedUnrun(
  ask: () => ReturnType<typeof send>,
  code: string,
  status = 400,
): Promise<Awaited<ReturnType<typeof send>>> {
  let answer: Awaited<ReturnType<typeof send>> | undefined;
  const statements = await statementsOf(server.container.dataSource, async () => (answer = await ask()));
  assert.deepEqual(statements, []);
  assertRefusal(answer!, status, code);
  return answer!;
}

/** `depth` levels of fields, valid against the schema. */
function nested(depth: number): string {
  const links = ["job", "ptm"];
  const inner = Array.from({ length: depth - 3 }, (_, i) => `${links[i % 2]} {`).join(" ");
  return `{ ptms(first: 1) { nodes { ${inner} id ${"}".repeat(depth)}`;
}

test("1: a query may be 8 levels deep, and not 9, 50 or 9,000", async () => {
  assert.equal((await query(nested(8))).errors, undefined);
  await refusedUnrun(() => query(nested(9)), "DEPTH_LIMIT");
  await refusedUnrun(() => query(nested(50)), "DEPTH_LIMIT");
  await refusedUnrun(() => query(nested(9000)), "GRAPHQL_PARSE_FAILED");
});

test("1: a limit stays 400 where the client takes application/json", async () => {
  assertRefusal(await server.request(nested(9)), 400, "DEPTH_LIMIT");
});

test("2: more than 100 aliases are refused before any resolver runs", async () => {
  const aliased = (n: number, field: string): string =>
    `{ ${Array.from({ length: n }, (_, i) => `a${i}: ${field}`).join(" ")} }`;
  assert.equal((await query(aliased(100, "__typename"))).errors, undefined);
  await refusedUnrun(() => query(aliased(101, "__typename")), "ALIAS_LIMIT");
  await refusedUnrun(() => query(aliased(101, `rank(taskId: "x") { id }`)), "ALIAS_LIMIT");
  await refusedUnrun(() => query(aliased(10_000, `rank(taskId: "x") { id }`)), "GRAPHQL_PARSE_FAILED");
});

test("2: aliases inside fragments count where the fragment is spread", async () => {
  const fragment = `fragment F on Query { ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(" ")} }`;
  await refusedUnrun(() => query(`{ ...F ... on Query { ...F } } ${fragment}`), "ALIAS_LIMIT");
});

for (const length of [2, 10, 1000]) {
  test(`3: a batch of ${length} operations is refused`, async () => {
    const batch = Array.from({ length }, () => ({ query: "{ __typename }" }));
    assertRefusal(await send(JSON.stringify(batch)), 400, "BAD_USER_INPUT", /batches are not taken/);
  });
}

test("4: a field that is asked twenty times runs once, and 500 times is refused", async () => {
  const statements = await statementsOf(server.container.dataSource, async () => {
    const answer = await query(`{ ${"spider { id } ".repeat(20)} }`);
    assert.deepEqual(answer.data, { spider: null });
  });
  assert.equal(statements.length, 1);
  await refusedUnrun(() => query(`{ ${"spider { id } ".repeat(500)} }`), "GRAPHQL_VALIDATION_FAILED");
});

test("5: unknown directives and floods of known ones are answered with at most 11 errors", async () => {
  for (const text of [
    `{ __typename ${"@nope ".repeat(10)} }`,
    `{ __typename ${"@nope ".repeat(2_000)} }`,
    `{ __typename ${"@include(if: true) ".repeat(500)} }`,
  ]) {
    const answer = await refusedUnrun(() => query(text), "GRAPHQL_VALIDATION_FAILED");
    assert.ok(answer.errors!.length <= 11, `${answer.errors!.length} errors`); // the last says that it stopped
  }
  await refusedUnrun(() => query(`{ __typename ${"@nope ".repeat(100_000)} }`), "GRAPHQL_PARSE_FAILED");
});

test("6: fragments that double 40 times are refused by their cost, cyclic ones by validation", async () => {
  const doubling = Array.from(
    { length: 40 },
    (_, i) => `fragment F${i} on Query { ...F${i + 1} ... on Query { ...F${i + 1} } }`,
  ).join(" ");
  const last = "fragment F40 on Query { spider { id } }";
  await refusedUnrun(() => query(`{ ...F0 } ${doubling} ${last}`), "COST_LIMIT");
  const cycle = "fragment A on Query { ...B } fragment B on Query { ...A }";
  await refusedUnrun(() => query(`{ ...A } ${cycle}`), "GRAPHQL_VALIDATION_FAILED");
});

test("7: topK must be an integer from 1 to 1000, literal or variable", async () => {
  const taskId = Buffer.from("Task:01890000-0000-7000-8000-000000000000").toString("base64url");
  const rank = (topK: unknown): ReturnType<typeof send> =>
    query(`query ($taskId: ID!, $topK: Int!) { rank(taskId: $taskId, topK: $topK) { id } }`, {
      taskId,
      topK,
    });
  for (const topK of [-1, 0, 1001, 1e9]) {
    assertRefusal(await rank(topK), 200, "BAD_USER_INPUT", /topK must be 1 to 1000/);
  }
  for (const topK of [2 ** 31, "10", 1.5, null]) assertRefusal(await rank(topK), 400, "BAD_USER_INPUT");
  const literal = (text: string): ReturnType<typeof send> =>
    query(`{ rank(taskId: "x", topK: ${text}) { id } }`);
  for (const text of ["2147483648", `"10"`, "1.5", "null"]) {
    assertRefusal(await literal(text), 400, "GRAPHQL_VALIDATION_FAILED");
  }
});

test("7: a null that only the variable's type admits is the caller's mistake", async () => {
  const text = `query ($topK: Int) { rank(taskId: "x", topK: $topK) { id } }`;
  assertRefusal(await query(text, { topK: null }), 200, "BAD_USER_INPUT", /topK/);
});

test("8: lists in lists in lists multiply, and the cost of what is admitted is told", async () => {
  const small = await query(`{ ptms(first: 10) { nodes { id outcomes(first: 10) { nodes { id } } } } }`);
  assert.equal(small.errors, undefined);
  assert.ok(Number(small.extensions?.["cost"]) >= 100, JSON.stringify(small.extensions));
  const large = `query ($n: Int!) { ptms(first: $n) { nodes { outcomes(first: $n) { nodes { task { outcomes(first: $n) {
    nodes { id } } } } } } } }`;
  const answer = await refusedUnrun(() => query(large, { n: 100 }), "COST_LIMIT");
  assert.ok(Number(answer.errors![0]!.extensions["value"]) > 1_000_000);
});

test("8: lists that need no size are counted as long as they can be, unless a size is given", async () => {
  const rankings = (entries: string): ReturnType<typeof send> =>
    query(`{ rankings(taskId: "x", first: 100) { nodes { ${entries} { rank } } } }`);
  await refusedUnrun(() => rankings("entries"), "COST_LIMIT");
  await refusedUnrun(
    () =>
      query(
        '{ rankings(taskId: "x", first: 100) { nodes { ...R } } } fragment R on Ranking { entries { rank } }',
      ),
    "COST_LIMIT",
  );
  assertRefusal(await rankings("entries(first: 3)"), 200, "NOT_FOUND");
  const ranked = await query(
    `{ rank(taskId: "x", topK: 1000) { ...R } } fragment R on Ranking { entries { rank } }`,
  );
  assert.ok(Number(ranked.extensions?.["cost"]) < 3000, "a ranking is as long as topK says");
  const matrices = `{ tasks(first: 100) { nodes { specificTokens(first: 100) { nodes { vectors } } } } }`;
  await refusedUnrun(() => query(matrices), "COST_LIMIT");
});

test("9: a body of more than a megabyte and a document of more than 5,000 tokens are refused", async () => {
  assertRefusal(await query(`{ __typename } #${"x".repeat(1 << 20)}`), 413, "BAD_USER_INPUT");
  assertRefusal(await query("{ __typename }", { a: "x".repeat(1 << 20) }), 413, "BAD_USER_INPUT");
  await refusedUnrun(() => query(`{ ${"__typename ".repeat(15_000)} }`), "GRAPHQL_PARSE_FAILED");
  assert.equal((await query(`{ __typename ${",".repeat(1_000_000)} }`)).errors, undefined); // commas are no tokens
});

test("9: a body without a length is cut off at a megabyte", async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(server.address);
    const socket = connect(Number(port), hostname);
    let received = "";
    socket.on("data", (chunk) => (received += chunk.toString()));
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
    const head =
      "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    socket.write(head);
    socket.write(`${(1 << 20).toString(16)}\r\n`);
    socket.write(Buffer.alloc(1 << 20, " "));
    socket.write("\r\n10\r\n");
    socket.write(Buffer.alloc(16, " "));
  });
  assert.match(answer, /^HTTP\/1.1 413 /);
});

test("9: a compressed body is refused unread", async () => {
  const body = JSON.stringify({ query: "{ __typename }" });
  for (const [encoding, bytes] of [
    ["gzip", gzipSync(body)],
    ["br", brotliCompressSync(body)],
  ] as const) {
    const answer = await send(new Uint8Array(bytes), { headers: { "content-encoding": encoding } });
    assertRefusal(answer, 415, "BAD_USER_INPUT");
  }
});

test("10: thousands of wrong values in one variable are answered with few errors", async () => {
  const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]));
  const text = `query ($filter: PtmFilter) { ptms(first: 1, filter: $filter) { totalCount } }`;
  const keys = await refusedUnrun(() => query(text, { filter: unknown }), "BAD_USER_INPUT");
  assert.ok(keys.errors!.length <= 51, `${keys.errors!.length} errors`);
  assert.ok(keys.text.length < 40_000, `${keys.text.length} bytes`);
  const nodes = `query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`;
  const ids = (n: number): object => ({ ids: Array.from({ length: n }, (_, i) => `id${i}`) });
  assert.equal((await query(nodes, ids(100))).errors, undefined);
  assertRefusal(await query(nodes, ids(250)), 200, "BAD_USER_INPUT", /at most 100/);
  const tags = Array.from({ length: 250 }, (_, i) => `tag${i}`);
  assertRefusal(await query(text, { filter: { tags } }), 200, "BAD_USER_INPUT", /at most 50/);
});

test("11: nobody is served a page that loads code from elsewhere", async () => {
  const response = await fetch(`${server.address}/graphql`, { headers: { accept: "text/html" } });
  assert.ok(response.status >= 400, String(response.status));
  assert.match(response.headers.get("content-type") ?? "", /json/);
  await response.text();
});

test("12: a browser cannot send an operation without asking first", async () => {
  const path = "/graphql?query=%7B__typename%7D";
  const simple = { "content-type": "" };
  assert.equal((await fetch(server.address + path)).status, 400);
  assert.equal(
    (await send(undefined, { method: "GET", path, headers: { "apollo-require-preflight": "1" } })).status,
    200,
  );
  const mutation =
    "/graphql?query=mutation%7BkeepRanking(input:%7BtaskId:%22x%22%7D)%7BuserErrors%7Bcode%7D%7D%7D";
  const answer = await send(undefined, {
    method: "GET",
    path: mutation,
    headers: { "x-apollo-operation-name": "a" },
  });
  assertRefusal(answer, 405, "BAD_REQUEST");
  for (const type of [
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    "",
  ]) {
    const headers = type === "" ? simple : { "content-type": type };
    assertRefusal(await send("query={__typename}", { headers }), 415, "BAD_USER_INPUT");
  }
  for (const method of ["PUT", "DELETE", "PATCH"]) {
    assertRefusal(await send(undefined, { method }), 405, "BAD_REQUEST");
  }
});

test("13: the page of another site gets no leave to ask or to read", async () => {
  const origin = "https://evil.example";
  const asking = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  };
  for (const path of ["/graphql", "/audit.ndjson", `/artifacts/${"0".repeat(64)}`]) {
    for (const [method, headers] of [
      ["OPTIONS", asking],
      ["POST", { origin, "content-type": "application/json", cookie: "session=1" }],
      ["GET", { origin }],
    ] as const) {
      const response = await fetch(server.address + path, {
        method,
        headers,
        ...(method === "POST" && { body: JSON.stringify({ query: "{ __typename }" }) }),
      });
      const granted = [...response.headers.keys()].filter((name) => name.startsWith("access-control-"));
      assert.deepEqual(granted, [], `${method} ${path}`);
    }
  }
});

test("15: an operation name cannot forge a line of the log", async () => {
  const before = server.logged.length;
  const name = `x\n{"level":60,"msg":"forged"}\u001b[31m{{`;
  await send(JSON.stringify({ query: "query A { __typename }", operationName: name }));
  await send(JSON.stringify({ query: "query A { __typename }", operationName: "n".repeat(100_000) }));
  await send(JSON.stringify({ query: `query { ${"a".repeat(100_000)} }` }));
  for (const line of server.logged.slice(before)) {
    assert.ok(line.length < 2_000, `${line.length} bytes`);
    assert.equal(line.trimEnd().split("\n").length, 1);
    assert.doesNotThrow(() => JSON.parse(line) as unknown);
  }
});

test("15: a long text comes back shortened in the error about it", async () => {
  const answer = await send(JSON.stringify({ query: `query { ${"a".repeat(100_000)} }` }));
  assertRefusal(answer, 400, "GRAPHQL_VALIDATION_FAILED");
  assert.ok(answer.text.length < 5_000, `${answer.text.length} bytes`);
});

test("21: bytes that are not UTF-8 are refused, not replaced", async () => {
  const text = Buffer.from(JSON.stringify({ query: `{ __typename #X\n }` }));
  const bytes = Uint8Array.from(text);
  bytes[text.indexOf("X")] = 0xff;
  assertRefusal(await send(bytes), 400, "BAD_USER_INPUT", /not JSON in UTF-8/);
});

test("21: NUL, lone surrogates and other strange characters in filters are the caller's mistake", async () => {
  for (const name of ["\0", "a\0b", "\ud800", "\udc00x"]) {
    const text = `query ($name: String) { tasks(first: 1, filter: { name: $name }) { totalCount nodes { id } } }`;
    const answer = await query(text, { name });
    if (name.includes("\0")) assertRefusal(answer, 200, "BAD_USER_INPUT");
    else assert.equal(answer.errors?.[0]?.extensions.code ?? "BAD_USER_INPUT", "BAD_USER_INPUT");
  }
});

test("22: JSON nested 30,000 deep and keys of Object.prototype are harmless", async () => {
  const deep = `{"query":"{ __typename }","variables":{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}}`;
  assertRefusal(await send(deep), 400, "BAD_USER_INPUT", /20 levels/);
  const body = `{"query":"query ($filter: PtmFilter) { ptms(first: 1, filter: $filter) { totalCount } }",
    "variables":{"filter":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}`;
  assertRefusal(await send(body), 400, "BAD_USER_INPUT");
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("23: quotes, wildcards and SQL in values find nothing and break nothing", async () => {
  for (const value of ["'; DROP TABLE ptm; --", "%", "_", "\\", "' OR '1'='1", "$1", "{a,b}", '"', "NULL"]) {
    const filter = { name: value, tags: [value], license: [value], architecture: [value] };
    const answer = await query(
      `query ($filter: PtmFilter) { ptms(first: 1, filter: $filter, orderBy: NAME) { totalCount nodes { id } } }`,
      { filter },
    );
    assert.deepEqual(answer.data, { ptms: { totalCount: 0, nodes: [] } }, value);
  }
  assertRefusal(
    await query(`{ ptms(first: 1, orderBy: "name; --") { totalCount } }`),
    400,
    "GRAPHQL_VALIDATION_FAILED",
  );
});

test("24: no argument is a pattern that the server would have to match", () => {
  const inputs = Object.values(plainSchema.getTypeMap()).flatMap((type) =>
    isInputObjectType(type)
      ? Object.keys(type.getFields())
      : isObjectType(type)
        ? Object.values(type.getFields()).flatMap(({ args }) => args.map(({ name }) => name))
        : [],
  );
  assert.ok(inputs.length > 50, `${inputs.length} inputs`);
  assert.deepEqual(
    inputs.filter((name) => /regex|pattern|matches|glob|like/i.test(name)),
    [],
  );
});

test("26: an id that was guessed finds nothing, however it is wrong", async () => {
  const ids = ["1", "-1", "", "0 OR 1=1", "null", toGlobalId("Ptm", uuid())];
  const encoded = ["Ptm:1", "Ptm:", ":", "Ptm:' OR 1=1", "AuditEvent:1", "AccessKey:1", "__proto__:1"];
  for (const id of [...ids, ...encoded.map((text) => Buffer.from(text).toString("base64"))]) {
    const { data, errors } = await query(
      `query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } ptm(id: $id) { id } task(id: $id) { id } }`,
      { id },
    );
    assert.deepEqual([data, errors], [{ node: null, nodes: [null], ptm: null, task: null }, undefined], id);
  }
});

test("27: input fields that the schema does not know are refused", async () => {
  const text = `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { outcome { id } } }`;
  const input = { taskId: "x", ptmId: "y", value: 1, reportedBy: "root", createdAt: "2000-01-01T00:00:00Z" };
  const answer = await refusedUnrun(() => query(text, { input }), "BAD_USER_INPUT");
  assert.match(answer.errors![0]!.message, /reportedBy/);
});

test("59: artifact keys are digests and nothing else", async () => {
  for (const path of [
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "a".repeat(63),
    "A".repeat(64),
    `${"a".repeat(64)}%2e`,
  ]) {
    for (const method of ["GET", "HEAD"]) {
      const response = await fetch(`${server.address}/artifacts/${path}`, { method });
      assert.equal(response.status, 404, path);
      assert.doesNotMatch(await response.text(), /etc|\/tmp/);
    }
    const put = await fetch(`${server.address}/artifacts/${path}`, { method: "PUT", body: "x" });
    assert.ok([400, 404].includes(put.status), `${path}: ${put.status}`);
    assert.match(await put.text(), /"requestId":"[0-9a-f-]{36}"/);
  }
});

test("a path that is not there is NOT_FOUND", async () => {
  assertRefusal(await send(undefined, { method: "GET", path: "/nothing" }), 404, "NOT_FOUND");
});

test("the server is alive and ready after all of this", async () => {
  assert.equal((await fetch(`${server.address}/livez`)).status, 200);
  assert.equal((await fetch(`${server.address}/readyz`)).status, 200);
});
