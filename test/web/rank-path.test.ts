import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import type { Browser, Page } from "playwright-core";
import sharp from "sharp";

import { noBrowser, openBrowser, openPage } from "../support/browser.js";
import { answerLargeZoo } from "../support/large-zoo.js";
import { barriers, excessWidth } from "../support/page-checks.js";
import { SMALL_ZOO, startTestServer, type TestServer } from "../support/server.js";
import { honestZip } from "../support/zip-bytes.js";

/** Two classes that any network tells apart. */
async function colouredTask(): Promise<Buffer> {
  const picture = (background: { r: number; g: number; b: number }) =>
    sharp({ create: { width: 32, height: 32, channels: 3, background } })
      .png()
      .toBuffer();
  const entries: Record<string, Uint8Array> = {};
  for (let i = 0; i < 8; i++) {
    entries[`red/${i}.png`] = await picture({ r: 250 - 9 * i, g: 20, b: 20 });
    entries[`green/${i}.png`] = await picture({ r: 20, g: 250 - 9 * i, b: 20 });
  }
  return await honestZip(entries);
}

/** Lets a file fall on an element, as a hand would. */
async function drop(page: Page, onto: string, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob("${bytes.toString("base64")}"), (c) => c.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "${name}", { type: "application/zip" }));
    return transfer;
  })()`);
  await page.dispatchEvent(onto, "drop", { dataTransfer: transfer });
}

/** Measures every PTM on a task; one outcome is verified. */
async function reportOutcomes(server: TestServer, taskId: string): Promise<void> {
  const { ptms } = await server.ask<{ ptms: { nodes: { id: string }[] } }>(
    `{ ptms(first: 5) { nodes { id } } }`,
  );
  for (const [i, { id: ptmId }] of ptms.nodes.entries()) {
    const { reportOutcome } = await server.ask<{ reportOutcome: { outcome: { id: string } } }>(
      `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { outcome { id } } }`,
      { input: { taskId, ptmId, value: 0.9 - i / 10, evidenceUrl: "https://runs.example.org/1" } },
    );
    if (i > 0) continue;
    await server.ask(
      `mutation ($input: VerifyOutcomeInput!) { verifyOutcome(input: $input) { outcome { id } } }`,
      {
        input: { outcomeId: reportOutcome.outcome.id },
      },
    );
  }
}

const names = async (page: Page): Promise<string[]> => page.locator(".ranking-row .who a").allTextContents();

void describe("the page in a browser", { skip: noBrowser }, () => {
  let server: TestServer;
  let browser: Browser;
  /** Addresses of what the first test made, for those that look at every page. */
  let taskPath = "";

  before(async () => {
    [server, browser] = await Promise.all([startTestServer({ ptms: SMALL_ZOO }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  test("a task that is dropped is ranked, re-ranked while one watches, filtered and compared", async () => {
    const { page, wrong } = await openPage(browser, server.address);
    await page.goto("/");
    await page.getByRole("heading", { name: /should I fine/ }).waitFor();
    await drop(page, ".drop", "two-colours.zip", await colouredTask());

    await page.getByRole("heading", { name: "Models for two-colours" }).waitFor();
    await page
      .locator(".ranking-row")
      .nth(SMALL_ZOO.length - 1)
      .waitFor();
    taskPath = new URL(page.url()).pathname;
    const coarse = await names(page);
    await reportOutcomes(server, taskPath.replace("/rank/", ""));
    assert.deepEqual([...coarse].sort(), [...SMALL_ZOO].sort());

    await page.getByLabel("the first").fill("2");
    await page.getByRole("button", { name: "Re-rank" }).click();
    await page.getByText("took their places anew").waitFor();
    assert.equal(await page.getByText("run on the task", { exact: true }).count(), 2);
    const reranked = await names(page);
    assert.deepEqual(new Set(reranked.slice(0, 2)), new Set(coarse.slice(0, 2)));

    // The address is the answer: another visitor sees the same.
    const { page: other } = await openPage(browser, server.address);
    await other.goto(page.url());
    await other.getByText("took their places anew").waitFor();
    assert.deepEqual(await names(other), reranked);
    await other.close();

    await page.getByRole("button", { name: "Back to the coarse ranking" }).click();
    await page.getByText("comes from tokens alone").waitFor();
    const { ptms } = await server.ask<{ ptms: { nodes: { parameterCount: number }[] } }>(
      `{ ptms(first: 10, orderBy: FEWEST_PARAMETERS) { nodes { parameterCount } } }`,
    );
    const counts = ptms.nodes.map(({ parameterCount }) => parameterCount);
    await page.getByLabel("At most so many weights").selectOption(String(counts[1]));
    const small = counts.filter((count) => count <= counts[1]!).length;
    await page.getByText(`${small} PTMs ranked`).waitFor();
    await page.locator(".ranking-row").nth(small).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("5 PTMs ranked").waitFor();
    await page.getByText("hands", { exact: true }).click();
    await page.getByText("1 PTM ranked").waitFor();
    assert.equal(new URL(page.url()).search, "?tag=hands");
    await page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await page.getByLabel("At most so many weights").isVisible(), false);
    await page.getByRole("button", { name: "Show the filter (1)" }).click();
    await page.getByText("hands", { exact: true }).click();
    await page.getByText("5 PTMs ranked").waitFor();
    await page.setViewportSize({ width: 1280, height: 860 });

    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "CSV" }).click(),
    ]);
    const table = (await readFile(await saved.path(), "utf8")).split("\r\n");
    assert.equal(table.length, 1 + SMALL_ZOO.length + 1);
    assert.match(table[0]!, /^rank,ptm,version,fitness/);

    await page.getByRole("link", { name: "Zoo", exact: true }).click();
    await page.getByRole("checkbox", { name: `Compare ${coarse[0]}` }).check();
    await page.getByRole("checkbox", { name: `Compare ${coarse[1]}` }).check();
    await page.getByRole("button", { name: "Compare 2" }).click();
    await page.getByRole("heading", { name: "Side by side" }).waitFor();
    await page.getByRole("link", { name: "two-colours" }).nth(1).waitFor();
    assert.deepEqual(wrong, []);
    await page.close();
  });

  test("what nothing beats for its weights is marked, by the order that is shown", async () => {
    const { page, wrong } = await openPage(browser, server.address);
    const { ptms } = await server.ask<{ ptms: { nodes: { name: string; parameterCount: number }[] } }>(
      `{ ptms(first: 10) { nodes { name parameterCount } } }`,
    );
    const weights = new Map(ptms.nodes.map(({ name, parameterCount }) => [name, parameterCount]));
    const marked = async (): Promise<string[]> =>
      page.locator(".ranking-row", { hasText: "unbeaten for its cost" }).locator(".who a").allTextContents();
    const expected = async (): Promise<string[]> => {
      const shown = await names(page);
      return shown.filter((name, i) =>
        shown.slice(0, i).every((better) => weights.get(better)! > weights.get(name)!),
      );
    };

    await page.goto(taskPath);
    await page.getByLabel("Mark what nothing beats in fitness and").selectOption("weights");
    await page.getByText("unbeaten for its cost").first().waitFor();
    const coarse = await expected();
    assert.deepEqual(await marked(), coarse);

    await page.getByLabel("the first").fill("5");
    await page.getByRole("button", { name: "Re-rank" }).click();
    await page.getByText("took their places anew").waitFor();
    assert.deepEqual(await marked(), await expected());
    assert.ok((await marked()).length > 0);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  const faces = [
    { dark: false, width: 1280 },
    { dark: true, width: 360 },
  ];
  for (const face of faces) {
    const title = `${face.dark ? "dark on a phone" : "light on a desk"}: every page opens without a barrier, an error or a word to strangers`;
    test(title, async () => {
      const { page, wrong } = await openPage(browser, server.address, face);
      const { ptms } = await server.ask<{ ptms: { nodes: { id: string }[] } }>(
        `{ ptms(first: 2) { nodes { id } } }`,
      );
      const [first, second] = ptms.nodes.map(({ id }) => id);
      await server.ask(`mutation { createAccessKey(input: { name: "night job", role: VIEWER }) { secret } }`);
      const looked: Record<string, string> = {
        "/": "or take a task that is here",
        [taskPath]: "Evidence",
        "/zoo": "5 of 5 PTMs",
        [`/zoo/${first}`]: "Where it ranks",
        [`/zoo/compare?ptm=${first}&ptm=${second}`]: "Where they rank",
        "/tasks": "two-colours",
        [taskPath.replace("/rank/", "/tasks/")]: "Rankings over time",
        "/web": "threads to the five best",
        "/spiders": "Version 1",
        "/jobs": "rerank",
        "/outcomes": "verified",
        "/keys": "night job",
        "/webhooks": "None was added yet",
        "/audit": "Values",
        "/nowhere": "Nothing is here",
      };
      for (const [path, text] of Object.entries(looked)) {
        await page.goto(path);
        await page.getByText(text).first().waitFor();
        assert.deepEqual(await barriers(page), [], path);
        assert.equal(await excessWidth(page), 0, path);
      }
      assert.deepEqual(wrong, []);
      await page.close();
    });
  }

  test("ten thousand PTMs are a table that draws what is in sight", async () => {
    const { page, wrong } = await openPage(browser, server.address);
    await answerLargeZoo(page, 10_000);
    await page.goto("/zoo");
    await page.getByText("10,000 of 10,000 PTMs", { exact: true }).waitFor();
    assert.ok((await page.locator(".zoo-row").count()) < 80);
    await page.getByRole("region", { name: "PTMs" }).focus();
    await page.keyboard.press("End");
    await page.getByRole("link", { name: "ptm-09999" }).waitFor();
    await page.getByRole("searchbox").fill("family-3");
    await page.getByText("1,429 of 10,000 PTMs").waitFor();
    await page.getByRole("checkbox", { name: /MIT/ }).check();
    await page.getByText("715 of 10,000 PTMs").waitFor();
    await page.getByRole("button", { name: "Weights" }).click();
    await page.getByRole("link", { name: "ptm-09999" }).waitFor({ state: "detached" });
    assert.deepEqual(wrong, []);
    await page.close();
  });
});

void describe("the page of a server with a key", { skip: noBrowser }, () => {
  test("a visitor signs in with the key, which goes no farther than the tab", async () => {
    const server = await startTestServer({ config: { auth: "on" } });
    const browser = await openBrowser();
    try {
      const key = await server.keyOf("VIEWER");
      const { page } = await openPage(browser, server.address);
      await page.goto("/zoo");
      await page.getByLabel("Access key").fill("a wrong key");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("does not know this key").waitFor();
      assert.deepEqual(await barriers(page), []);
      await page.getByLabel("Access key").fill(key);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "The zoo is empty" }).waitFor();
      assert.equal(await page.evaluate("document.cookie + JSON.stringify(localStorage)"), "{}");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByLabel("Access key").waitFor();
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
