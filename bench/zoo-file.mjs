// Building, opening and ranking a zoo file: time and memory of a process that holds a million PTMs in float16.
//
//   node zoo-file.mjs                                   1M x 256, float16
//   node zoo-file.mjs --rows 100000 --storage int8
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const dist = new URL("../dist/", import.meta.url);
const { ZooScorer } = await import(new URL("src/engine/runtime/zoo-scorer.js", dist));
const { zooFileParts } = await import(new URL("src/engine/runtime/zoo-file.js", dist));
const { writeZooFile } = await import(new URL("src/engine/runtime/write-zoo-file.js", dist));
const { RandomSpider } = await import(new URL("test/support/random-spider.js", dist));

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    width: { type: "string", default: "256" },
    storage: { type: "string", default: "float16" },
    open: { type: "string" }, // internal: the file that this process opens
  },
});
const [rows, width] = [Number(options.rows), Number(options.width)];
const header = { spider: "0".repeat(64), storage: options.storage, rows, width };
/** Ranked one after the other: memory grows with the first ones. */
const TASKS = 30;
const random = new RandomSpider(1);
const spider = random.parameters(width, width);

if (options.open === undefined) await build();
else await openAndRank(options.open);

async function build() {
  const folder = mkdtempSync(join(tmpdir(), "orb-bench-"));
  try {
    const path = join(folder, "zoo");
    const ids = new Uint8Array(16 * rows);
    const view = new DataView(ids.buffer);
    for (let m = 0; m < rows; m++) view.setUint32(16 * m, m);
    const some = random.values(4096 * width);
    const fetch = async (positions) => some.slice(0, positions.length * width); // the writer takes the array over
    const begin = performance.now();
    await writeZooFile(path, spider, { header, ids, digests: new Uint8Array(32 * rows), fetch });
    const buildSeconds = (performance.now() - begin) / 1000;
    const script = fileURLToPath(import.meta.url);
    const opened = execFileSync(process.execPath, [script, ...process.argv.slice(2), "--open", path]);
    const machine = `${cpus()[0].model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
    const result = {
      machine,
      load: loadavg(),
      date: new Date().toISOString().slice(0, 10),
      command: ["node", "zoo-file.mjs", ...process.argv.slice(2)].join(" "),
      ...header,
      fileBytes: zooFileParts(header).bytes,
      buildSeconds,
      ...JSON.parse(opened),
    };
    console.log(result);
    mkdirSync(new URL("results/", import.meta.url), { recursive: true });
    const name = `zoo-file-${rows}x${width}-${header.storage}.json`;
    writeFileSync(new URL(`results/${name}`, import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function openAndRank(path) {
  const begin = performance.now();
  const onWarning = console.error;
  const scorer = await ZooScorer.openFile({ spider, path, header, executionProviders: ["cpu"], onWarning });
  const openSeconds = (performance.now() - begin) / 1000;
  const openedBytes = process.memoryUsage().rss;
  const { monitorEventLoopDelay } = await import("node:perf_hooks");
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const rankBegin = performance.now();
  for (let i = 0; i < TASKS; i++) await scorer.best({ taskToken: random.matrix(10, width), k: 10 });
  const rankSeconds = (performance.now() - rankBegin) / (1000 * TASKS);
  const delayP99 = delay.percentile(99) / 1e6 - 1;
  const memoryBytes = process.memoryUsage().rss;
  await scorer.close();
  console.log(JSON.stringify({ openSeconds, openedBytes, rankSeconds, delayP99, memoryBytes }));
}
