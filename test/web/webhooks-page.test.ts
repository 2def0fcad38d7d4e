import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import type { Browser } from "playwright-core";

import { noBrowser, openBrowser, openPage } from "../support/browser.js";
import { barriers, excessWidth } from "../support/page-checks.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { TEST_NETWORK } from "../support/tls-server.js";
import { verified, WebhookReceiver } from "../support/webhook-receiver.js";

void describe("the page of webhooks", { skip: noBrowser }, () => {
  let receiver: WebhookReceiver;
  let server: TestServer;
  let browser: Browser;

  before(async () => {
    [receiver, browser] = await Promise.all([WebhookReceiver.start(), openBrowser()]);
    server = await startTestServer({ network: TEST_NETWORK, config: { webhookHosts: [receiver.host] } });
    await server.container.work([]); // no jobs, but deliveries
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await receiver?.close();
  });

  /** Until nothing waits to be sent. */
  async function settled(): Promise<void> {
    const waiting = `{ webhookDeliveries(first: 1, filter: { state: [PENDING] }) { nodes { id } } }`;
    for (;;) {
      const { webhookDeliveries } = await server.ask<{ webhookDeliveries: { nodes: unknown[] } }>(waiting);
      if (webhookDeliveries.nodes.length === 0) return;
    }
  }

  test("a webhook is added by keyboard, pinged, mended, sent to again and deleted, on a phone", async () => {
    const { page, wrong } = await openPage(browser, server.address, { width: 360, dark: true });
    page.on("dialog", (dialog) => void dialog.accept());
    await page.goto("/webhooks");
    await page.getByText("None was added yet.").waitFor();
    const url = receiver.url("hook");
    await page.getByLabel("Address").focus();
    await page.keyboard.type(url);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space"); // the first event: a PTM was added
    await page.getByRole("checkbox", { name: "ptm added" }).and(page.locator(":checked")).waitFor();
    await page.keyboard.press("Enter");
    const secret = (await page.getByRole("status").locator("code").textContent())!;
    const list = page.getByRole("region", { name: "Webhooks" });
    await list.getByText("enabled", { exact: true }).waitFor();

    receiver.answers.push(410); // gone for good
    await page.getByRole("button", { name: `Ping ${url}` }).click();
    verified(await receiver.nth(1), secret);
    await settled();
    await page.reload();
    await list.getByText("disabled", { exact: true }).waitFor();
    await list.getByText("The receiver answered 410").waitFor();
    const deliveries = page.getByRole("region", { name: "Deliveries" });
    await deliveries.getByText("dead", { exact: true }).waitFor();
    assert.equal(await excessWidth(page), 0);
    assert.deepEqual(await barriers(page), []);

    await page.getByRole("button", { name: `Enable ${url}` }).click();
    await list.getByText("enabled", { exact: true }).waitFor();
    await deliveries.getByRole("button", { name: "Send again" }).click();
    assert.equal((await receiver.nth(2)).body, (await receiver.nth(1)).body);
    await settled();
    await page.getByRole("button", { name: "Look again" }).click();
    await deliveries.getByText("delivered", { exact: true }).waitFor();
    await page.getByLabel("State").selectOption("dead");
    await deliveries.getByText("None.").waitFor();

    await page.getByRole("button", { name: `Delete ${url}` }).click();
    await page.getByText("None was added yet.").waitFor();
    assert.deepEqual(wrong, []);
    await page.close();
  });

  test("an address that the operator does not allow is refused in words", async () => {
    const { page, wrong } = await openPage(browser, server.address);
    await page.goto("/webhooks");
    await page.getByLabel("Address").fill("https://not-allowed.test/hook");
    await page.getByText("task ready").click();
    await page.getByRole("button", { name: "Add a webhook" }).click();
    await page.getByRole("alert").getByText("ORB_WEBHOOK_HOSTS").waitFor();
    assert.deepEqual([wrong, await barriers(page)], [[], []]);
    await page.close();
  });
});
