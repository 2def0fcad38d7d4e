// What the page costs a visitor: bytes, first paint, and the longest moment without a frame on 10,000 PTMs.
// `npm run build && node bench/page.mjs [visits]`; needs Chromium. It brings a server of its own with the demo zoo.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { openBrowser, openPage } from "../dist/test/support/browser.js";
import { answerLargeZoo } from "../dist/test/support/large-zoo.js";

const visits = Number(process.argv[2] ?? 7);
const PTMS = 10_000;
const orb = fileURLToPath(new URL("../dist/src/cli/main.js", import.meta.url));
const home = await mkdtemp(join(tmpdir(), "orbweaver-page-"));
const environment = { ...process.env, ORB_HOME: home, ORB_PORT: "0", ORB_LOG_LEVEL: "warn" };
const demo = spawn(process.execPath, [orb, "demo"], {
  env: environment,
  stdio: ["ignore", "ignore", "pipe"],
});
try {
  const address = await new Promise((resolve, reject) => {
    let text = "";
    demo.stderr.on("data", (chunk) => {
      const found = /stays up: a page at (http:\/\/[^/]+)/.exec((text += chunk));
      if (found) resolve(found[1]);
    });
    demo.once("exit", () => reject(new Error(text)));
  });
  const browser = await openBrowser();
  const result = {
    measuredAt: new Date().toISOString(),
    cores: availableParallelism(),
    load: loadavg()[0],
    mainBundleGzipBytes: await mainBundle(),
    rankPage: await firstPaints(browser, address),
    zoo: await zooFrames(browser, address),
    web: await webFrames(browser, address),
  };
  await browser.close();
  await writeFile(new URL("results/page.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(result, null, 2));
} finally {
  demo.kill("SIGINT");
  await new Promise((resolve) => (demo.exitCode === null ? demo.once("exit", resolve) : resolve()));
  await rm(home, { recursive: true, force: true });
}

/** Scripts and styles that index.html names itself, compressed as they are sent to a browser that knows gzip alone. */
async function mainBundle() {
  const page = await readFile(new URL("../dist/web/index.html", import.meta.url), "utf8");
  const names = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, name]) => name);
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(new URL(`../dist/web${name}.gz`, import.meta.url))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Milliseconds of first visits, nothing in the browser's cache: to the first paint, and to the first row of the answer. */
async function firstPaints(browser, address) {
  const { page: finder } = await openPage(browser, address);
  await finder.goto("/");
  const path = await finder.getByRole("link", { name: /lower-garments/ }).getAttribute("href");
  await finder.close();
  const paints = [];
  const answers = [];
  for (let i = 0; i < visits; i++) {
    const { page } = await openPage(browser, address);
    await page.goto(path);
    await page.locator(".ranking-row").first().waitFor();
    answers.push(await page.evaluate("performance.now()"));
    paints.push(await page.evaluate(`performance.getEntriesByName("first-contentful-paint")[0].startTime`));
    await page.close();
  }
  return { visits, firstPaintMs: spread(paints), firstAnswerMs: spread(answers) };
}

async function zooFrames(browser, address) {
  const { page } = await openPage(browser, address);
  await answerLargeZoo(page, PTMS);
  await page.goto("/zoo");
  await page.getByText("10,000 of 10,000 PTMs", { exact: true }).waitFor();
  const scrolling = await longestGap(page, async () => {
    await page.getByRole("region", { name: "PTMs" }).hover();
    for (let i = 0; i < 40; i++) await page.mouse.wheel(0, 4000);
  });
  const filtering = await longestGap(page, async () => {
    await page.getByRole("searchbox").pressSequentially("family-3 mit", { delay: 40 });
    await page.getByText("714 of 10,000 PTMs").or(page.getByText("715 of 10,000 PTMs")).waitFor();
  });
  const sorting = await longestGap(page, async () => {
    await page.getByRole("searchbox").fill("");
    await page.getByText("10,000 of 10,000 PTMs").waitFor();
    await page.getByRole("button", { name: "Weights" }).click();
    await page.getByRole("region", { name: "PTMs" }).press("Home");
    await page.getByRole("link", { name: "ptm-09999" }).waitFor();
  });
  await page.close();
  return { ptms: PTMS, longestMsWithoutFrame: { scrolling, filtering, sorting } };
}

async function webFrames(browser, address) {
  const { page } = await openPage(browser, address);
  await answerLargeZoo(page, PTMS);
  await page.goto("/web");
  await page.getByText(/^10,000 PTMs and 8 tasks,/).waitFor();
  const box = await page.locator("canvas").boundingBox();
  const at = (x, y) => page.mouse.move(box.x + box.width * x, box.y + box.height * y);
  const hovering = await longestGap(page, async () => {
    for (let i = 0; i < 60; i++) await at(0.2 + 0.01 * i, 0.5);
  });
  const moving = await longestGap(page, async () => {
    await at(0.5, 0.5);
    await page.mouse.down();
    for (let i = 0; i < 60; i++) await at(0.5 + 0.005 * i, 0.5 - 0.004 * i);
    await page.mouse.up();
  });
  const zooming = await longestGap(page, async () => {
    for (let i = 0; i < 30; i++) await page.mouse.wheel(0, i < 15 ? -120 : 120);
  });
  await page.close();
  return { points: PTMS, longestMsWithoutFrame: { hovering, moving, zooming } };
}

/** The longest time between two frames while something is done: what a visitor would feel as a halt. */
async function longestGap(page, act) {
  await page.evaluate(`(() => {
    window.longest = 0;
    let last = performance.now();
    const step = (now) => {
      window.longest = Math.max(window.longest, now - last);
      last = now;
      window.frame = requestAnimationFrame(step);
    };
    window.frame = requestAnimationFrame(step);
  })()`);
  await act();
  await page.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
  );
  return Math.round(await page.evaluate("cancelAnimationFrame(window.frame), window.longest"));
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b).map(Math.round);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) };
}
