import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { repositoryRoot } from "../support/paths.js";
import { startTestServer, type TestServer } from "../support/server.js";

let server: TestServer;
let script = "";
before(async () => {
  server = await startTestServer();
  const files = JSON.parse(await readFile(new URL("dist/web/files.json", repositoryRoot), "utf8")) as object;
  script = Object.keys(files).find((path) => /^\/assets\/index-.*\.js$/.test(path))!;
});
after(() => server.close());

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${server.address}${path}`, { headers, method });

test("the page runs its own files alone and may not be framed", async () => {
  const response = await get("/");
  assert.equal(response.status, 200);
  const policy = response.headers.get("content-security-policy")!;
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /style-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  const html = await response.text();
  assert.doesNotMatch(html, /<script(?![^>]* src=)|<style|style=|https?:\/\//);
});

test("GraphiQL comes from here too, its scripts in files of their own", async () => {
  const response = await get("/graphiql");
  assert.match(response.headers.get("content-security-policy")!, /script-src 'self' blob:(;|$)/);
  const html = await response.text();
  assert.doesNotMatch(html, /<script(?![^>]* src=)|https?:\/\//);
  for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    assert.equal((await get(path!, {}, "HEAD")).status, 200, path);
  }
});

test("where nobody may ask for the schema there is no GraphiQL", async () => {
  const closed = await startTestServer({ config: { introspection: "off" } });
  try {
    for (const path of ["/graphiql", "/graphiql.html"]) {
      assert.equal((await fetch(closed.address + path)).status, 404, path);
    }
    const page = await fetch(`${closed.address}/graphiql`, { headers: { accept: "text/html" } });
    assert.doesNotMatch(await page.text(), /GraphiQL/);
  } finally {
    await closed.close();
  }
});

test("an asset is kept for ever, the page is asked for again and found unchanged", async () => {
  const asset = await get(script, { "accept-encoding": "br" });
  assert.equal(asset.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(asset.headers.get("content-encoding"), "br");
  assert.equal(asset.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(await asset.text(), /createRoot|react/i); // fetch inflates it: the bytes are what they say they are

  const plain = await get(script, { "accept-encoding": "identity" });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(Number(plain.headers.get("content-length")), (await plain.arrayBuffer()).byteLength);

  const page = await get("/");
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const again = await get("/", { "if-none-match": page.headers.get("etag")! });
  assert.equal(again.status, 304);
});

test("the page's own addresses give the page to people and an error to programs", async () => {
  const person = await get("/tasks/anything", { accept: "text/html,*/*" });
  assert.equal(person.status, 200);
  assert.match(await person.text(), /<div id="root">/);
  const program = await get("/tasks/anything");
  assert.equal(program.status, 404);
  assert.equal((await get("/", {}, "POST")).status, 404);
});

test("nothing but what was built is served", async () => {
  const paths = [
    "/files.json",
    "/.built-from",
    `${script}.br`,
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/",
  ];
  for (const path of paths) assert.equal((await get(path)).status, 404, path);
});

test("the main bundle stays under 250 kB", async () => {
  const response = await get(script, { "accept-encoding": "gzip" }, "HEAD");
  assert.equal(response.headers.get("content-encoding"), "gzip");
  const packed = await readFile(new URL(`dist/web${script}.gz`, repositoryRoot));
  assert.ok(packed.byteLength < 250_000, `${packed.byteLength} bytes`);
});
