import assert from "node:assert/strict";
import { test } from "node:test";

import { createLogger } from "../src/log.js";

const SECRET = "s3cr3t-of-more-than-twenty-characters";

/** What a line says, as it leaves the process. */
function logged(fields: object, message = "something"): string {
  const lines: string[] = [];
  createLogger("info", { write: (line: string) => void lines.push(line) }).info(fields, message);
  assert.equal(lines.length, 1);
  return lines[0]!;
}

test("fields that hold secrets by their name are cut out, however they are nested", () => {
  for (const name of ["authorization", "cookie", "set-cookie", "accessKey", "password", "databaseUrl"]) {
    for (const fields of [
      { [name]: SECRET },
      { headers: { [name]: SECRET } },
      { a: { b: { [name]: SECRET } } },
    ]) {
      const line = logged(fields);
      assert.equal(line.includes(SECRET), false, line);
      assert.match(line, /\[Redacted\]/);
    }
  }
});

test("secrets inside texts are cut out: bearer keys, passwords of URLs, signatures of links", () => {
  for (const text of [
    `Authorization: Bearer ${SECRET}`,
    `connect failed: postgres://orb:${SECRET}@db.example/orb`,
    `GET https://bucket.example/key?X-Amz-Credential=${SECRET}&X-Amz-Signature=${SECRET} failed`,
  ]) {
    for (const line of [logged({ error: text }), logged({ error: { stack: text } }), logged({}, text)]) {
      assert.equal(line.includes(SECRET), false, line);
      assert.match(line, /\[Redacted\]/);
    }
  }
});

test("ids, addresses without a password and line breaks stay, and a line is one line of JSON", () => {
  const fields = {
    requestId: "r",
    jobId: "j",
    rankingId: "k",
    address: "http://127.0.0.1:4000/graphql",
    name: "a\nb",
  };
  const line = logged(fields, "two\nlines");
  assert.equal(line.trimEnd().includes("\n"), false);
  const { time, level: _, msg, ...rest } = JSON.parse(line) as { time: string; level: number; msg: string };
  assert.deepEqual(rest, fields);
  assert.equal(msg, "two\nlines");
  assert.match(time, /^\d{4}-\d\d-\d\dT/);
});
