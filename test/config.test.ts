import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { CONFIG_VARIABLES, readConfig } from "../src/config.js";
import { repositoryRoot } from "./support/paths.js";

/** One line of the table in docs/configuration.md. */
interface DocumentedVariable {
  readonly name: string;
  /** Absent where the page says "none". */
  readonly otherwise?: string | undefined;
  /** Absent for what is no number. */
  readonly range?: { readonly low: number; readonly high: number } | undefined;
}

const page = await readFile(new URL("docs/configuration.md", repositoryRoot), "utf8");
const documented = page.split("\n").flatMap((line): DocumentedVariable[] => {
  const [, name, otherwise, allowed = ""] = /^\| `([A-Z0-9_]+)` +\| (\S+) +\| (.*) \|$/.exec(line) ?? [];
  if (name === undefined) return [];
  const [, low, high] = /^(\d+) to (\d+)\s*$/.exec(allowed) ?? [];
  return [
    {
      name,
      otherwise: otherwise === "none" ? undefined : otherwise?.replaceAll("`", ""),
      range: low === undefined ? undefined : { low: Number(low), high: Number(high) },
    },
  ];
});

test("docs/configuration.md lists exactly the variables that are read, each once", () => {
  assert.deepEqual(documented.map(({ name }) => name).sort(), [...CONFIG_VARIABLES].sort());
});

test("docs/configuration.md explains every variable", () => {
  for (const name of CONFIG_VARIABLES)
    assert.match(page.split("## What they mean")[1]!, new RegExp(`\\*\\*\`${name}\``));
});

test("setting a variable to its documented default changes nothing", () => {
  for (const { name, otherwise } of documented) {
    if (otherwise !== undefined) assert.deepEqual(readConfig({ [name]: otherwise }), readConfig({}), name);
  }
});

test("a variable documented without a default is absent unless it is set", () => {
  assert.deepEqual(
    documented.filter(({ otherwise }) => otherwise === undefined).map(({ name }) => name),
    [
      "DATABASE_URL",
      "ARTIFACT_STORE",
      "AWS_ENDPOINT_URL_S3",
      "ORB_OPERATIONS_PORT",
      "ORB_BOOTSTRAP_KEY",
      "ORB_OIDC_ISSUER",
      "ORB_TRUSTED_DOCUMENTS",
      "ORB_IMPORT_HOSTS",
      "ORB_WEBHOOK_HOSTS",
      "ORB_IMPORT_TOKENS",
    ],
  );
  const { databaseUrl, artifactStore, s3Endpoint, operationsPort, bootstrapKey } = readConfig({});
  for (const value of [databaseUrl, artifactStore, s3Endpoint, operationsPort, bootstrapKey]) {
    assert.equal(value, undefined);
  }
});

test("numbers are taken within their documented limits and refused beside them", () => {
  for (const { name, otherwise = "", range } of documented) {
    if (!/^\d+$/.test(otherwise)) continue;
    assert.ok(range, `${name} needs limits`);
    const { low, high } = range;
    for (const value of [low, high]) readConfig({ [name]: String(value) });
    for (const value of [low - 1, high + 1, low + 0.5, "many"]) {
      assert.throws(
        () => readConfig({ [name]: String(value) }),
        new RegExp(`\n  ${name}: `),
        `${name}=${value}`,
      );
    }
  }
});

test("readConfig reads every setting in the unit that its field says", () => {
  const config = readConfig({
    ORB_HOME: "/srv/orb",
    DATABASE_URL: "postgres://orb@db/orb",
    ARTIFACT_STORE: "s3://models/orb",
    AWS_ENDPOINT_URL_S3: "http://minio:9000",
    ORB_ARTIFACT_CACHE_MB: "1",
    ORB_DATABASE_POOL: "20",
    ORB_HOST: "0.0.0.0",
    ORB_PORT: "8080",
    ORB_OPERATIONS_PORT: "9090",
    ORB_AUTH: "off",
    ORB_BOOTSTRAP_KEY: `orb_${"0".repeat(56)}`,
    ORB_LOG_LEVEL: "debug",
    ORB_EXECUTION_PROVIDERS: "cuda,cpu",
    ORB_TOKEN_STORAGE: "float16",
    ORB_MAX_ARTIFACT_MB: "2",
    ORB_SAMPLES_PER_CLASS: "50",
    ORB_SANDBOX_MEMORY_MB: "512",
    ORB_SANDBOX_SECONDS: "7",
    ORB_SANDBOX_SPARES: "0",
    ORB_OIDC_ISSUER: "https://login.example.org/realm",
    ORB_OIDC_AUDIENCE: "orb",
    ORB_OIDC_ROLE_CLAIM: "roles",
    ORB_TRUSTED_DOCUMENTS: "documents.json",
    ORB_RATE_STORE: "postgres",
    ORB_INTROSPECTION: "off",
    ORB_RATE_PER_MINUTE: "600",
    ORB_MAX_SOCKETS: "7",
    ORB_SOCKET_PING_SECONDS: "5",
    ORB_JOB_CONCURRENCY: "5",
    ORB_IMPORT_HOSTS: "huggingface.co, *.hf.co",
    ORB_WEBHOOK_HOSTS: "hooks.example.org:8443",
    ORB_IMPORT_TOKENS: "huggingface.co=hf_a=b",
    HOME: "/root", // a variable of somebody else
  });
  assert.deepEqual(
    { ...config },
    {
      home: "/srv/orb",
      databaseUrl: "postgres://orb@db/orb",
      artifactStore: { bucket: "models", prefix: "orb/" },
      s3Endpoint: "http://minio:9000",
      artifactCacheBytes: 1_048_576,
      databasePoolSize: 20,
      host: "0.0.0.0",
      port: 8080,
      operationsPort: 9090,
      auth: "off",
      bootstrapKey: `orb_${"0".repeat(56)}`,
      logLevel: "debug",
      executionProviders: "cuda,cpu".split(","),
      tokenStorage: "float16",
      maxArtifactBytes: 2_097_152,
      samplesPerClass: 50,
      sandboxMemoryBytes: 536_870_912,
      sandboxSeconds: 7,
      sandboxSpares: 0,
      oidc: { issuer: "https://login.example.org/realm", audience: "orb", roleClaim: "roles" },
      trustedDocuments: "documents.json",
      rateStore: "postgres",
      introspection: "off",
      ratePerMinute: 600,
      maxSockets: 7,
      socketPingSeconds: 5,
      jobConcurrency: 5,
      importHosts: ["huggingface.co", "*.hf.co"],
      webhookHosts: ["hooks.example.org:8443"],
      importTokens: new Map([["huggingface.co", "hf_a=b"]]),
    },
  );
});

test("home is absolute, and ~ is the home folder", () => {
  assert.equal(readConfig({ ORB_HOME: "data" }).home, resolve("data"));
  assert.equal(readConfig({ ORB_HOME: "~" }).home, homedir());
  assert.equal(readConfig({ ORB_HOME: "~/orb" }).home, join(homedir(), "orb"));
  assert.equal(readConfig({ ORB_HOME: "~other" }).home, resolve("~other"));
});

test("an artifact store is a bucket and a prefix that ends with a slash, or is refused", () => {
  const read = (address: string) => readConfig({ ARTIFACT_STORE: address }).artifactStore;
  assert.deepEqual(read("s3://models"), { bucket: "models", prefix: "" });
  assert.deepEqual(read("s3://models/"), { bucket: "models", prefix: "" });
  assert.deepEqual(read("s3://models/a/b//"), { bucket: "models", prefix: "a/b/" });
  for (const address of ["models", "s3://", "s3:///a", "https://models", "s3://Models", "s3://models?x=1"]) {
    assert.throws(() => read(address), /ARTIFACT_STORE: must be s3:\/\/bucket/, address);
  }
});

test("the configuration is frozen", () => {
  assert.ok(Object.isFrozen(readConfig({})));
});

test("one message lists every wrong variable, without the values, and names the page", () => {
  assert.throws(
    () =>
      readConfig({
        ORB_PORT: "70000",
        ORB_LOG_LEVEL: "loud",
        ORB_BOOTSTRAP_KEY: "too short",
        DATABASE_URL: "mysql://orb:secret@db/orb",
      }),
    ({ message }: Error) => {
      assert.match(message, /^The configuration is wrong:\n/);
      for (const name of ["ORB_PORT", "ORB_LOG_LEVEL", "ORB_BOOTSTRAP_KEY", "DATABASE_URL"]) {
        assert.match(message, new RegExp(`\n  ${name}: .`));
      }
      assert.match(message, /ORB_BOOTSTRAP_KEY: must be a key that `orb new-key` made/);
      assert.match(message, /DATABASE_URL: must begin with postgres:\/\/ or postgresql:\/\//);
      assert.match(message, /\nSee docs\/configuration\.md\.$/);
      assert.doesNotMatch(message, /too short|secret/);
      return true;
    },
  );
});
