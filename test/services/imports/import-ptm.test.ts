import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, test } from "node:test";

import { ImportPtmDocument, JobUpdatedDocument, made, OrbClient, PtmByIdDocument } from "orbweaver-client";

import { OrbProcess } from "../../support/orb-process.js";
import { startTestServer, zooFile } from "../../support/server.js";
import { startTlsServer, TEST_NETWORK } from "../../support/tls-server.js";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const weights = await readFile(zooFile("ptms/digits-mobile.onnx"));

/** What the hub answers for one repository, in the shape of its own answers. */
function answerAsHub({ url = "" }: IncomingMessage, response: ServerResponse): void {
  const json = (body: object): void => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const [path = ""] = url.split("?");
  const repository = { _id: "1", id: "some/digits", private: false, lastModified: "2026-01-01T00:00:00Z" };
  const files = path.includes("several") ? ["a.onnx", "b.onnx"] : ["README.md", "onnx/model.onnx"];
  if (path.startsWith("/api/models/some/")) {
    json({
      ...repository,
      sha: COMMIT,
      tags: ["digits", "license:mit", "region:us"],
      cardData: { license: "mit" },
      siblings: files.map((rfilename) => ({ rfilename })),
    });
  } else if (path === `/some/digits/resolve/${COMMIT}/onnx/model.onnx`) {
    // The hub sends files from other hosts.
    const location = `https://files.test:${server.port}/blob`;
    response.writeHead(302, { location }).end();
  } else if (path === "/blob") {
    const headers = { "content-range": `bytes 0-0/${weights.length}`, etag: '"blob"' };
    response.writeHead(200, headers).end(weights);
  } else if (path === `/some/digits/resolve/${COMMIT}/README.md`) {
    response.end("---\nlicense: mit\n---\n# Digits\n");
  } else response.writeHead(404).end();
}

/** The same for an MLflow tracking server. */
function answerAsMlflow({ url = "" }: IncomingMessage, response: ServerResponse): void {
  const json = (body: object): void => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const version = {
    name: "digits",
    version: "7",
    description: "# From MLflow",
    tags: [{ key: "team", value: "vision" }],
  };
  if (url === "/api/2.0/mlflow/registered-models/alias?name=digits&alias=champion")
    json({ model_version: version });
  else if (url === "/api/2.0/mlflow/model-versions/get?name=s3&version=1") {
    json({ model_version: { ...version, name: "s3", version: "1" } });
  } else if (url === "/api/2.0/mlflow/model-versions/get-download-uri?name=digits&version=7") {
    json({ artifact_uri: "mlflow-artifacts:/1/abc/artifacts/model" });
  } else if (url === "/api/2.0/mlflow/model-versions/get-download-uri?name=s3&version=1") {
    json({ artifact_uri: "s3://bucket/model" });
  } else if (url === "/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts/model/model.onnx")
    response.end(weights);
  else response.writeHead(404).end();
}

const server = await startTlsServer((request, response) =>
  request.headers.host?.startsWith("mlflow.test")
    ? answerAsMlflow(request, response)
    : answerAsHub(request, response),
);
const hosts = ["hub", "files", "mlflow"].map((name) => `${name}.test:${server.port}`);
const orbweaver = await startTestServer({
  work: true,
  network: TEST_NETWORK,
  config: { importHosts: hosts, importTokens: new Map([[`hub.test:${server.port}`, "hub-token"]]) },
});
const orb = new OrbClient({ server: orbweaver.address });
after(async () => {
  await orb.close();
  await orbweaver.close();
  await server.close();
});

const signature = { input: "image", height: 32, width: 32 };
const hub = `https://hub.test:${server.port}`;
const mlflowServer = `https://mlflow.test:${server.port}`;

async function imported(input: object) {
  const { importPtm } = await orb.ask(ImportPtmDocument, { input: { signature, ...input } });
  const { id } = made(importPtm, "job");
  const job = await orb.jobDone(id);
  return (await orb.ask(PtmByIdDocument, { id: job.ptm!.id })).ptm!;
}

async function failure(input: object): Promise<string> {
  const { importPtm } = await orb.ask(ImportPtmDocument, { input: { signature, ...input } });
  const { id: jobId } = made(importPtm, "job");
  for await (const { jobUpdated: job } of orb.watch(JobUpdatedDocument, { jobId })) {
    if (job.state === "FAILED") return job.errorMessage ?? "";
  }
  return "";
}

test("a PTM comes from the Hugging Face Hub at the commit that its revision names, with licence, tags and card", async () => {
  const ptm = await imported({ huggingFace: { server: hub, repository: "some/digits" } });
  assert.deepEqual([ptm.name, ptm.license, ptm.tags], ["some/digits", "mit", ["digits"]]);
  assert.equal(ptm.sizeBytes, weights.length);
  assert.equal(ptm.card, `Imported from <${hub}/some/digits/blob/${COMMIT}/onnx/model.onnx>.\n\n# Digits`);
  for (const { line } of server.asked.filter((asked) => asked.line.includes("/resolve/"))) {
    assert.match(line, new RegExp(`/resolve/${COMMIT}/`));
  }
  for (const { host, authorization } of server.asked) {
    assert.equal(authorization, host.startsWith("hub.test") ? "Bearer hub-token" : undefined, host);
  }
  const again = await imported({ huggingFace: { server: hub, repository: "some/digits", revision: COMMIT } });
  assert.equal(again.id, ptm.id);
});

test("a PTM comes from an MLflow registry by alias, through the tracking server's own artifacts", async () => {
  const ptm = await imported({
    mlflow: { server: mlflowServer, model: "digits", version: "champion", file: "model.onnx" },
    name: "from mlflow",
    license: "Apache-2.0",
  });
  assert.deepEqual([ptm.name, ptm.license, ptm.tags], ["from mlflow", "Apache-2.0", ["team=vision"]]);
  assert.match(ptm.card ?? "", /versions\/7>\.\n\n# From MLflow$/);
});

test("orb import brings the same, waits until it was run, and tells why where it cannot", async () => {
  const orbImport = async (...parameters: string[]) => {
    const process = new OrbProcess(["import", ...parameters, "--size", "32"], {
      ORB_SERVER: orbweaver.address,
    });
    const { code } = await process.ended;
    return { code, stdout: process.stdout, stderr: process.stderr };
  };
  const fromHub = await orbImport("hf", "some/digits", "--hub", hub, "--name", "by hand");
  assert.match(fromHub.stdout, /^name +by hand\n[^]*status +REGISTERED[^]*licence +mit/, fromHub.stderr);
  const fromMlflow = await orbImport("mlflow", mlflowServer, "digits", "champion", "model.onnx", "--json");
  assert.equal((JSON.parse(fromMlflow.stdout) as { name: string }).name, "digits", fromMlflow.stderr);
  const several = await orbImport("hf", "some/several", "--hub", hub);
  assert.deepEqual([several.code, several.stdout], [1, ""]);
  assert.match(several.stderr, /orb: .*has several \.onnx files/);
});

test("what a source cannot give ends the job with the reason", async () => {
  const several = { server: hub, repository: "some/several" };
  assert.match(
    await failure({ huggingFace: several }),
    /has several \.onnx files; say which: a\.onnx, b\.onnx/,
  );
  const nobody = { server: hub, repository: "no/body" };
  assert.match(await failure({ huggingFace: nobody }), /answered 404 for no\/body/);
  const s3 = { server: mlflowServer, model: "s3", version: "1", file: "model.onnx" };
  assert.match(await failure({ mlflow: s3 }), /lie in a store of the kind "s3"/);
});

test("an import that could never begin is refused at once", async () => {
  const refused = async (input: object): Promise<string> => {
    const { importPtm } = await orb.ask(ImportPtmDocument, { input: { signature, ...input } });
    return importPtm.userErrors[0]?.message ?? "";
  };
  const repository = "some/digits";
  assert.match(
    await refused({ huggingFace: { repository } }),
    /huggingface\.co is not among the hosts of ORB_IMPORT_HOSTS/,
  );
  assert.match(
    await refused({ huggingFace: { server: "http://hub.test", repository } }),
    /must be an https address/,
  );
  assert.match(
    await refused({ huggingFace: { server: hub, repository: "../../etc" } }),
    /must be "owner\/name"/,
  );
  assert.match(
    await refused({ huggingFace: { server: hub, repository, file: "../x.onnx" } }),
    /plain relative path/,
  );
  assert.match(await refused({}), /exactly one source/);
});
