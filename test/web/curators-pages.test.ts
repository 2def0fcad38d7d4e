import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import type { Browser, Page } from "playwright-core";

import { toGlobalId } from "../../src/schema/global-id.js";
import { noBrowser, openBrowser, openPage } from "../support/browser.js";
import { importedPool } from "../support/imported-pool.js";
import { barriers, excessWidth } from "../support/page-checks.js";
import { ENCODER_WIDTH, jobsOver, openRerankWorld, type RerankWorld } from "../support/rerank-world.js";
import { client, type TestServer } from "../support/server.js";

/** Names that a page must show and a spreadsheet must not compute. */
const FORMULA = "=1+1";
const ELEMENT = `<img src="x" onerror="document.title='owned'">`;
const PTMS = [FORMULA, ELEMENT, "@SUM(A1:A9)"];
const CARD = `<script>alert(1)</script> [a link](javascript:alert(2)) ${ELEMENT}`;
const RECIPE = {
  width: 8,
  batchSize: 8,
  mostRun: 2,
  validation: 10,
  priorWeight: 0,
  companions: 0,
  epochs: 3,
};

void describe("the pages of those who decide", { skip: noBrowser }, () => {
  let world: RerankWorld;
  let api: Pick<TestServer, "ask">;
  let address = "";
  let poolId = "";
  let browser: Browser;
  /** Class centres alone: nothing can be run on it. */
  let privateTask = "";

  before(async () => {
    [world, browser] = await Promise.all([openRerankWorld(PTMS), openBrowser()]);
    poolId = toGlobalId("Pool", await importedPool(world, "two sources"));
    address = await world.container.serve();
    api = client(address);
  });
  after(async () => {
    await browser?.close();
    await world?.close();
  });

  const ptmId = (name: string): string => toGlobalId("Ptm", world.ptmIds.get(name)!);

  async function train(seed: number): Promise<string> {
    const { trainSpider } = await api.ask<{ trainSpider: { spider: { id: string } } }>(
      `mutation ($input: TrainSpiderInput!) { trainSpider(input: $input) { spider { id } userErrors { message } } }`,
      { input: { poolId, recipe: { ...RECIPE, seed } } },
    );
    return trainSpider.spider.id;
  }

  async function activate(spiderId: string, force: boolean): Promise<string | undefined> {
    const { activateSpider } = await api.ask<{ activateSpider: { userErrors: { message: string }[] } }>(
      `mutation ($input: ActivateSpiderInput!) { activateSpider(input: $input) { userErrors { message } } }`,
      { input: { spiderId, force } },
    );
    return activateSpider.userErrors[0]?.message;
  }

  async function reportOutcomes(taskId: string): Promise<void> {
    for (const [i, name] of PTMS.entries()) {
      await api.ask(
        `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { userErrors { message } } }`,
        { input: { taskId, ptmId: ptmId(name), value: 0.5 + i / 10 } },
      );
    }
  }

  test("25: what others wrote is shown as they wrote it, and runs neither in the page nor in a spreadsheet", async () => {
    const { page, wrong } = await openPage(browser, address);
    page.on("dialog", (dialog) => {
      wrong.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await api.ask(
      `mutation ($input: UpdatePtmInput!) { updatePtm(input: $input) { userErrors { message } } }`,
      {
        input: { ptmId: ptmId(FORMULA), card: CARD, license: "+cmd", tags: [ELEMENT] },
      },
    );
    const vectors = Buffer.from(new Float32Array(2 * ENCODER_WIDTH).fill(0.5).buffer).toString("base64");
    const { addTask } = await api.ask<{ addTask: { task: { id: string } } }>(
      `mutation ($input: AddTaskInput!) { addTask(input: $input) { task { id } userErrors { message } } }`,
      { input: { name: `-task ${ELEMENT}`, centres: { classes: [ELEMENT, "b"], vectors } } },
    );
    privateTask = addTask.task.id;
    const looked: Record<string, string> = {
      [`/zoo/${ptmId(FORMULA)}`]: CARD,
      [`/zoo/${ptmId(ELEMENT)}`]: ELEMENT,
      [`/tasks/${privateTask}`]: ELEMENT,
      "/tasks": `-task ${ELEMENT}`,
      "/zoo": ELEMENT,
      "/audit": "Values",
      [`/rank/${privateTask}`]: ELEMENT,
    };
    for (const [path, text] of Object.entries(looked)) {
      await page.goto(path);
      await page.getByText(text, { exact: true }).first().waitFor();
      assert.equal(await page.locator(`main script, main img, main a[href^="javascript:"]`).count(), 0, path);
      assert.doesNotMatch(await page.title(), /owned/);
    }
    const table = await saved(page, "CSV");
    for (const cell of [`,'=1+1,`, `,'@SUM(A1:A9),`, `,'+cmd,`, `,"<img src=""x"" onerror=`]) {
      assert.ok(table.includes(cell), `${cell} in\n${table}`);
    }
    assert.doesNotMatch(table, /(^|,)"?[=+@-](?!\d)/m, "no cell begins like a formula");
    assert.deepEqual(wrong, []);
    await page.close();
  });

  test("the audit is narrowed by its address, and saved as it is narrowed", async () => {
    const { page, wrong } = await openPage(browser, address, { width: 360 });
    await page.goto("/audit");
    await page.getByRole("cell", { name: "addTask" }).first().waitFor();
    await page.getByLabel("Did").fill("updatePtm");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.getByRole("cell", { name: "addTask" }).first().waitFor({ state: "detached" });
    assert.equal(new URL(page.url()).search, "?action=updatePtm");
    await page.locator(".changes summary").first().click();
    await page.getByText("+cmd").waitFor();
    const events = (await saved(page, "Export NDJSON")).trim().split("\n");
    assert.deepEqual(
      events.map((line) => (JSON.parse(line) as { action: string }).action),
      ["updatePtm"],
    );
    assert.equal(await excessWidth(page), 0);
    assert.deepEqual([wrong, await barriers(page)], [[], []]);
    await page.close();
  });

  test("a spider is watched while it learns, compared task by task, and activated only when one means it", async () => {
    const { id } = await world.addTask(1);
    await reportOutcomes(toGlobalId("Task", id));
    await reportOutcomes(privateTask);
    const second = await train(21);
    const { page, wrong } = await openPage(browser, address, { dark: true });
    await page.goto("/spiders");
    const panel = (version: number) => page.getByRole("region", { name: `Version ${version}`, exact: true });
    await panel(2).getByText("Waits for a worker").waitFor();
    await world.container.work();
    await panel(2).getByRole("button", { name: "Activate" }).waitFor();
    await panel(2).getByText("epoch 3").first().waitFor();

    const heat = panel(2).getByRole("region", { name: "Rankers by tasks" });
    const cell = (ranker: string, task: string) =>
      heat
        .getByRole("row", { name: ranker })
        .getByRole("cell")
        .nth(task === "mean" ? 0 : 1);
    await heat.getByRole("columnheader", { name: "task 1" }).waitFor();
    assert.match(await cell("spider, coarse", "task 1").innerText(), /^-?[01]\.\d\d$/);
    await panel(2).getByText("regret@1", { exact: true }).click();
    assert.match(await cell("static ranking", "task 1").innerText(), /^\d+\.\d$/);
    await heat.getByRole("row", { name: "K_NN" }).last().getByRole("cell", { name: "–" }).waitFor();
    assert.deepEqual(await barriers(page), []);

    const third = await train(22);
    await jobsOver(world.container);
    assert.equal(await activate(second, true), undefined);
    const worse = (await activate(third, false)) === undefined ? 2 : 3;
    await page.reload();
    await panel(worse).getByRole("button", { name: "Activate" }).click();
    const dialog = page.getByRole("dialog", { name: `Let version ${worse} rank?` });
    await dialog.getByRole("button", { name: "Activate" }).click();
    await dialog.getByText("ranks worse than the active spider").waitFor();
    assert.deepEqual(await barriers(page), []);
    await dialog.getByRole("button", { name: `Keep version ${5 - worse}` }).click();
    await dialog.waitFor({ state: "hidden" });
    await panel(5 - worse)
      .getByText("active", { exact: true })
      .waitFor();

    await panel(worse).getByRole("button", { name: "Activate" }).press("Enter");
    await dialog.getByRole("button", { name: "Activate" }).press("Enter");
    await dialog.getByRole("button", { name: "Activate all the same" }).press("Enter");
    await panel(worse).getByText("active", { exact: true }).waitFor();
    await dialog.waitFor({ state: "hidden" });
    assert.deepEqual(wrong, []);
    await page.close();
  });
});

/** Presses a button that saves a file. @returns the file's text */
async function saved(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return await readFile(await file.path(), "utf8");
}
