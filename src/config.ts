import { homedir } from "node:os";
import { resolve } from "node:path";
import process from "node:process";

import { z } from "zod";

import { TOKEN_STORAGES, type TokenStorage } from "./engine/spider/token-storage.js";
import { type ExecutionProvider, parseExecutionProviders } from "./engine/runtime/execution-providers.js";

const MEGABYTE = 1024 * 1024;

const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/i;

/** Host names, separated by commas. */
const hostList = z
  .string()
  .default("")
  .transform(toList)
  .refine(
    (hosts) => hosts.every((host) => HOST.test(host)),
    "must be host names such as huggingface.co,*.hf.co",
  );

const integer = (low: number, high: number, otherwise: number) =>
  z.coerce.number().int().min(low).max(high).default(otherwise);

const S3_ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?#]*))?$/;

/** Every setting, its limits and its default. docs/configuration.md explains them; a test compares both lists. */
const environment = z.object({
  ORB_HOME: z.string().min(1).default(".orb"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgres:// or postgresql://")
    .optional(),
  ARTIFACT_STORE: z
    .string()
    .regex(S3_ADDRESS, "must be s3://bucket or s3://bucket/prefix")
    .transform(toS3Location)
    .optional(),
  AWS_ENDPOINT_URL_S3: z
    .url({ protocol: /^https?$/, error: "must begin with http:// or https://" })
    .optional(),
  ORB_ARTIFACT_CACHE_MB: integer(1, 100_000_000, 10_240),
  ORB_DATABASE_POOL: integer(2, 200, 10),
  ORB_HOST: z.string().min(1).default("127.0.0.1"),
  ORB_PORT: integer(0, 65_535, 4000),
  ORB_OPERATIONS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  ORB_AUTH: z.enum(["on", "off"]).default("on"),
  ORB_BOOTSTRAP_KEY: z
    .string()
    .regex(/^orb_[0-9a-f]{56}$/, "must be a key that `orb new-key` made")
    .optional(),
  ORB_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  ORB_EXECUTION_PROVIDERS: z.string().default("cpu").transform(toProviders),
  ORB_TOKEN_STORAGE: z.enum(TOKEN_STORAGES).default("float32"),
  ORB_MAX_ARTIFACT_MB: integer(1, 1_000_000, 4096),
  ORB_SAMPLES_PER_CLASS: integer(1, 1_000_000, 1000),
  ORB_SANDBOX_MEMORY_MB: integer(256, 1_000_000, 2048),
  ORB_SANDBOX_SECONDS: integer(1, 3600, 60),
  ORB_SANDBOX_SPARES: integer(0, 64, 6),
  ORB_OIDC_ISSUER: z
    .string()
    .regex(
      /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/])\S+$/,
      "must begin with https://, or be of this machine",
    )
    .optional(),
  ORB_OIDC_AUDIENCE: z.string().min(1).default("orbweaver"),
  ORB_OIDC_ROLE_CLAIM: z.string().min(1).default("role"),
  ORB_TRUSTED_DOCUMENTS: z.string().min(1).optional(),
  ORB_RATE_STORE: z.enum(["memory", "postgres"]).default("memory"),
  ORB_INTROSPECTION: z.enum(["VIEWER", "CONTRIBUTOR", "CURATOR", "ADMIN", "off"]).default("VIEWER"),
  ORB_RATE_PER_MINUTE: integer(1, 1_000_000_000, 60_000),
  ORB_MAX_SOCKETS: integer(1, 1_000_000, 2000),
  ORB_SOCKET_PING_SECONDS: integer(1, 3600, 12),
  ORB_JOB_CONCURRENCY: integer(1, 64, 3),
  ORB_IMPORT_HOSTS: hostList,
  ORB_WEBHOOK_HOSTS: hostList,
  ORB_IMPORT_TOKENS: z
    .string()
    .default("")
    .transform(toList)
    .refine((pairs) => pairs.every((pair) => /^[^=\s]+=\S+$/.test(pair)), "must be host=token,host=token"),
});

export interface S3Address {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
}

/** What the process was told from outside, read once, checked, frozen. */
export interface Config {
  /** Absolute folder of everything the process keeps: embedded database, artifacts. */
  readonly home: string;
  /** Where PostgreSQL is; absent means the embedded one under `home`. */
  readonly databaseUrl?: string | undefined;
  /** Where artifacts are; absent means under `home`. */
  readonly artifactStore?: S3Address | undefined;
  /** Of an S3-compatible service; absent for AWS itself. */
  readonly s3Endpoint?: string | undefined;
  /** The most that this machine keeps of artifacts that lie in S3. */
  readonly artifactCacheBytes: number;
  readonly databasePoolSize: number;
  readonly host: string;
  readonly port: number;
  /** Where a worker, which answers no API, tells whether it is ready and what it counts; absent: nowhere. */
  readonly operationsPort?: number | undefined;
  /** Whether requests need an access key; without, everybody who can reach the server may do everything. */
  readonly auth: "on" | "off";
  /** The secret of an administrator, made sure of at start. */
  readonly bootstrapKey?: string | undefined;
  readonly logLevel: z.infer<typeof environment>["ORB_LOG_LEVEL"];
  /** In order of preference. */
  readonly executionProviders: readonly ExecutionProvider[];
  /** How the tokens of a large zoo are kept in memory. */
  readonly tokenStorage: TokenStorage;
  readonly maxArtifactBytes: number;
  /** Of a task with more samples, this many per class are drawn for its token. */
  readonly samplesPerClass: number;
  readonly sandboxMemoryBytes: number;
  /** Wall-clock limit of one batch in the sandbox. */
  readonly sandboxSeconds: number;
  /** Sandboxes that are held ready once a first network was run. */
  readonly sandboxSpares: number;
  /** Requests that a client may send in a minute. */
  readonly ratePerMinute: number;
  /** Sockets that the process keeps open at most. */
  readonly maxSockets: number;
  /** How often the other end of a socket is asked whether it is there; it has as long to answer. */
  readonly socketPingSeconds: number;
  /** The identity provider whose tokens are taken beside access keys. */
  readonly oidc?:
    { readonly issuer: string; readonly audience: string; readonly roleClaim: string } | undefined;
  /** A file with the only documents that are taken. */
  readonly trustedDocuments?: string | undefined;
  /** Where requests are counted: in each process for itself, or for all together. */
  readonly rateStore: "memory" | "postgres";
  /** The least role that the API tells about its schema. */
  readonly introspection: "VIEWER" | "CONTRIBUTOR" | "CURATOR" | "ADMIN" | "off";
  readonly jobConcurrency: number;
  /** Hosts that PTMs may be imported from; none turns imports off. */
  readonly importHosts: readonly string[];
  /** Hosts that webhooks may be told at; none turns webhooks off. */
  readonly webhookHosts: readonly string[];
  /** Access tokens by host. */
  readonly importTokens: ReadonlyMap<string, string>;
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws Error listing every variable that is wrong, with what was expected
 */
export function readConfig(variables: Record<string, string | undefined> = process.env): Config {
  // A variable that is set to nothing, as compose files leave it, is not set.
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The configuration is wrong:\n${lines.join("\n")}\nSee docs/configuration.md.`);
  }
  const values = parsed.data;
  return Object.freeze({
    home: resolve(values.ORB_HOME.replace(/^~(?=$|\/)/, homedir())),
    databaseUrl: values.DATABASE_URL,
    artifactStore: values.ARTIFACT_STORE,
    s3Endpoint: values.AWS_ENDPOINT_URL_S3,
    artifactCacheBytes: values.ORB_ARTIFACT_CACHE_MB * MEGABYTE,
    databasePoolSize: values.ORB_DATABASE_POOL,
    host: values.ORB_HOST,
    port: values.ORB_PORT,
    operationsPort: values.ORB_OPERATIONS_PORT,
    auth: values.ORB_AUTH,
    bootstrapKey: values.ORB_BOOTSTRAP_KEY,
    logLevel: values.ORB_LOG_LEVEL,
    executionProviders: values.ORB_EXECUTION_PROVIDERS,
    tokenStorage: values.ORB_TOKEN_STORAGE,
    maxArtifactBytes: values.ORB_MAX_ARTIFACT_MB * MEGABYTE,
    samplesPerClass: values.ORB_SAMPLES_PER_CLASS,
    sandboxMemoryBytes: values.ORB_SANDBOX_MEMORY_MB * MEGABYTE,
    sandboxSeconds: values.ORB_SANDBOX_SECONDS,
    sandboxSpares: values.ORB_SANDBOX_SPARES,
    oidc:
      values.ORB_OIDC_ISSUER === undefined
        ? undefined
        : {
            issuer: values.ORB_OIDC_ISSUER,
            audience: values.ORB_OIDC_AUDIENCE,
            roleClaim: values.ORB_OIDC_ROLE_CLAIM,
          },
    trustedDocuments: values.ORB_TRUSTED_DOCUMENTS,
    rateStore: values.ORB_RATE_STORE,
    introspection: values.ORB_INTROSPECTION,
    ratePerMinute: values.ORB_RATE_PER_MINUTE,
    maxSockets: values.ORB_MAX_SOCKETS,
    socketPingSeconds: values.ORB_SOCKET_PING_SECONDS,
    jobConcurrency: values.ORB_JOB_CONCURRENCY,
    importHosts: values.ORB_IMPORT_HOSTS,
    webhookHosts: values.ORB_WEBHOOK_HOSTS,
    importTokens: new Map(values.ORB_IMPORT_TOKENS.map(atFirstEqualsSign)),
  });
}

/** Whether a terminal shall get colours: https://no-color.org. */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  variables: Record<string, string | undefined> = process.env,
): boolean {
  return stream.isTTY === true && (variables["NO_COLOR"] ?? "") === "" && variables["TERM"] !== "dumb";
}

/** The prefix is empty or ends with a slash. */
function toS3Location(address: string): S3Address {
  const [, bucket = "", prefix = ""] = S3_ADDRESS.exec(address) ?? [];
  const folder = prefix.replace(/\/+$/, "");
  return { bucket, prefix: folder === "" ? "" : `${folder}/` };
}

function toList(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function atFirstEqualsSign(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function toProviders(list: string, context: z.RefinementCtx): ExecutionProvider[] {
  try {
    return parseExecutionProviders(list);
  } catch (error) {
    context.addIssue((error as RangeError).message);
    return z.NEVER;
  }
}

/** The names of all variables, for the documentation's test. */
export const CONFIG_VARIABLES = Object.keys(environment.shape);
