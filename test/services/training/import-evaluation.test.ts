import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { evaluateRankers } from "../../../src/engine/evaluation/evaluate-rankers.js";
import { sha256 } from "../../../src/services/digest.js";
import {
  EVALUATION_FILE,
  keepEvaluation,
  readKeptEvaluation,
} from "../../../src/services/evaluation/kept-evaluation.js";
import { REFERENCE_SPIDER, startTestServer, type TestServer, zooFile } from "../../support/server.js";

/** Two tasks, three PTMs, a ranker that is right on the first task and the wrong way round on the second. */
const EVALUATION = evaluateRankers(
  {
    ptms: ["a", "b", "c"],
    tasks: ["first", "second"],
    outcomes: [
      [0.9, 0.5, 0.1],
      [0.2, 0.4, 0.6],
    ],
    pointsPerUnit: 100,
  },
  [
    {
      name: "spider, coarse",
      rankings: [1, 2].map(() => ({ fitness: [3, 2, 1], forwardPasses: 0, seconds: 0.5 })),
    },
  ],
  1,
);
const MEASURED_BY = "orb evaluate, Orbweaver 9.9.9, 2026-01-01";

let server: TestServer;
let folder: string;
let digest: string;

before(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "orbweaver-spider-"));
  await cp(fileURLToPath(REFERENCE_SPIDER), folder, { recursive: true });
  digest = sha256(await readFile(join(folder, "spider.safetensors")));
  await server.container.services.importZoo.upload(zooFile("ptms/general-encoder.onnx"));
});

after(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const bring = () => server.container.services.importZoo.importSpiderFrom(folder);
const broken = (text: string) => writeFile(join(folder, EVALUATION_FILE), text);

test("an evaluation of another snapshot is refused with both digests, and nothing is imported", async () => {
  const other = "0".repeat(64);
  await keepEvaluation(folder, EVALUATION, other, MEASURED_BY);
  await assert.rejects(bring(), {
    code: "BAD_USER_INPUT",
    message:
      `evaluation.json is of the snapshot ${other}, but the one beside it is ${digest}. Remove it; ` +
      "orb evaluate --spider FOLDER --keep then measures this spider.",
  });
  const { spider } = await server.ask<{ spider: null }>("{ spider { id } }");
  assert.equal(spider, null);
});

test("an evaluation that is none is refused by what is wrong with it", async () => {
  await broken("{");
  await assert.rejects(bring(), { code: "BAD_USER_INPUT", message: "evaluation.json is not JSON." });
  await broken(JSON.stringify({ snapshotSha256: digest, measuredBy: "", tasks: ["a"], rankers: [] }));
  await assert.rejects(bring(), {
    code: "BAD_USER_INPUT",
    message: /^evaluation\.json is wrong: measuredBy: /,
  });
  const rankers = EVALUATION.rankers.map((row) => Object.assign({}, row, { tasks: row.tasks.slice(1) }));
  const { tasks } = EVALUATION;
  await broken(JSON.stringify({ snapshotSha256: digest, measuredBy: MEASURED_BY, tasks, rankers }));
  await assert.rejects(bring(), {
    message: "evaluation.json is wrong: rankers: every ranker must have as many tasks as the evaluation.",
  });
});

interface Shown {
  readonly spider: {
    readonly id: string;
    readonly evaluation: {
      readonly claimedBy: string | null;
      readonly validationTau: number | null;
      readonly tasks: readonly string[];
      readonly rankers: readonly {
        readonly ranker: string;
        readonly taskCount: number;
        readonly tauW: { readonly mean: number };
        readonly tasks: { readonly nodes: readonly object[] };
      }[];
    } | null;
  };
}

const shown = () =>
  server.ask<Shown>(`{ spider { id evaluation { claimedBy validationTau tasks rankers {
    ranker taskCount tauW { mean } tasks(first: 10) { nodes { name missing tauW regret1 task { id } } }
  } } } }`);

test("the evaluation beside a snapshot comes with its spider, as a claim, also to a registry that has the spider", async () => {
  await rm(join(folder, EVALUATION_FILE));
  await bring();
  const bare = (await shown()).spider;
  assert.equal(bare.evaluation, null);

  await keepEvaluation(folder, EVALUATION, digest, MEASURED_BY);
  await bring();
  const { id, evaluation } = (await shown()).spider;
  assert.equal(id, bare.id);
  assert.equal(evaluation!.claimedBy, MEASURED_BY);
  assert.equal(evaluation!.validationTau, null); // the manifest of PyTorch's spider names none
  assert.deepEqual(evaluation!.tasks, ["first", "second"]);
  assert.deepEqual(
    evaluation!.rankers.map(({ ranker, taskCount }) => [ranker, taskCount]),
    [
      ["spider, coarse", 2],
      ["static ranking", 2],
      ["random", 2],
    ],
  );
  const [coarse] = evaluation!.rankers;
  assert.equal(coarse!.tauW.mean, 0);
  assert.deepEqual(coarse!.tasks.nodes, [
    { name: "first", missing: null, tauW: 1, regret1: 0, task: null },
    { name: "second", missing: null, tauW: -1, regret1: 40, task: null },
  ]);

  await keepEvaluation(folder, EVALUATION, digest, "somebody else, later");
  await bring();
  assert.equal((await shown()).spider.evaluation!.claimedBy, MEASURED_BY);
});

test("the demo zoo's evaluation is of the demo zoo's spider", async () => {
  const own = sha256(await readFile(zooFile("spider/spider.safetensors")));
  const claimed = await readKeptEvaluation(zooFile("spider"), own);
  assert.equal(claimed!.tasks.length, 8);
  const names = new Set(claimed!.rankers.map(({ ranker }) => ranker));
  for (const name of ["spider, coarse", "spider, 5 run", "LOG_ME", "static ranking"]) {
    assert.ok(names.has(name), name);
  }
});
