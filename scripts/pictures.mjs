// Makes what the README shows: pictures of the page and a terminal recording as text, from the demo zoo.
// Needs Chromium (apt-get install chromium); `npm run pictures` compiles first.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import sharp from "sharp";

import { openBrowser, openPage } from "../dist/test/support/browser.js";

const root = new URL("../", import.meta.url);
const output = new URL("docs/pictures/", root);
/** Of a recorded table; the rest is counted. */
const SHOWN_LINES = 9;
const orb = fileURLToPath(new URL("dist/src/cli/main.js", root));
const home = await mkdtemp(join(tmpdir(), "orbweaver-pictures-"));
const environment = { ...process.env, ORB_HOME: home, ORB_PORT: "0", ORB_LOG_LEVEL: "warn", NO_COLOR: "1" };

await mkdir(output, { recursive: true });
const demo = spawn(process.execPath, [orb, "demo"], {
  env: environment,
  stdio: ["ignore", "ignore", "pipe"],
});
try {
  const address = await said(demo, /stays up: a page at (http:\/\/[^/]+)/);
  await takePictures(address);
  await recordTerminal(address);
} finally {
  demo.kill("SIGINT");
  await new Promise((resolve) => demo.once("exit", resolve));
  await rm(home, { recursive: true, force: true });
}

/** Waits for a line on stderr. */
function said(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr.on("data", (chunk) => {
      text += chunk;
      const found = pattern.exec(text);
      if (found) resolve(found[1]);
    });
    child.once("exit", (code) => reject(new Error(`orb demo ended with ${code}:\n${text}`)));
  });
}

async function takePictures(address) {
  const browser = await openBrowser();
  try {
    const { page, wrong } = await openPage(browser, address, { width: 1280, height: 800 });
    const { page: night } = await openPage(browser, address, { width: 1280, height: 800, dark: true });
    await page.goto("/");
    await page.getByText("lower-garments").waitFor();
    await keep(page, "home");

    await page.getByRole("link", { name: /lower-garments/ }).click();
    await page.getByRole("button", { name: "Re-rank" }).click();
    await page.getByText("took their places anew").waitFor();
    await keep(page, "rank");

    await page.goto("/zoo");
    const boxes = page.getByRole("checkbox", { name: /^Compare/ });
    for (const i of [3, 4, 5]) await boxes.nth(i).check();
    await page.getByRole("button", { name: "Compare 3" }).click();
    await page
      .getByRole("row", { name: /vehicles/ })
      .nth(1)
      .waitFor();
    await keep(page, "compare");

    await page.goto("/tasks");
    await page.getByRole("link", { name: "lower-garments", exact: true }).click();
    await page.locator(".samples img").nth(20).waitFor();
    await keep(page, "task");

    await night.goto("/web");
    await night.getByRole("link", { name: "vehicles" }).waitFor();
    await night.locator(".web-lists li").nth(39).waitFor();
    await keep(night, "web");
    if (wrong.length > 0) throw new Error(`the page complained: ${wrong.join("\n")}`);
  } finally {
    await browser.close();
  }
}

/** As a picture of few colours, small enough for a repository. */
async function keep(page, name) {
  await page.evaluate("document.fonts.ready");
  await page.evaluate(
    "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))",
  );
  const picture = sharp(await page.screenshot()).png({ palette: true, colours: 128, effort: 10 });
  await writeFile(new URL(`${name}.png`, output), await picture.toBuffer());
}

/** What somebody sees who asks from a terminal. */
async function recordTerminal(address) {
  const recorded = [];
  for (const parameters of [
    ["rank", "lower-garments", "--top", "5"],
    ["rerank", "lower-garments", "--top", "5"],
  ]) {
    const lines = (await run([...parameters, "--server", address])).split("\n");
    const rest = lines.length > SHOWN_LINES ? [`  ... ${lines.length - SHOWN_LINES} more`] : [];
    recorded.push(`$ orb ${parameters.join(" ")}`, ...lines.slice(0, SHOWN_LINES), ...rest, "");
  }
  await writeFile(new URL("terminal.txt", output), `${recorded.join("\n").trimEnd()}\n`);
}

async function run(parameters) {
  const child = spawn(process.execPath, [orb, ...parameters], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  let progress = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  child.stderr.on("data", (chunk) => (progress += chunk));
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`orb ${parameters.join(" ")} ended with ${code}:\n${progress}`);
  return text.trimEnd();
}
