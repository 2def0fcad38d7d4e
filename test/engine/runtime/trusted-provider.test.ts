import assert from "node:assert/strict";
import { test } from "node:test";

import { requireTrusted } from "../../../src/engine/runtime/trusted-provider.js";
import { usableProviders } from "../../../src/engine/runtime/usable-providers.js";

const missing = process.platform === "darwin" ? "dml" : "coreml";

test("the processor is believed; a provider that is not there is refused with its reason", async () => {
  await requireTrusted("cpu");
  await assert.rejects(requireTrusted(missing), /no available backend|not supported/i);
});

test("what cannot be used is left out of a list once, and an empty rest is an error", async () => {
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  assert.deepEqual(await usableProviders(["cpu", missing], onWarning), {
    usable: ["cpu", missing],
    reasons: [],
  });
  const { usable, reasons } = await usableProviders([missing, "cpu"], onWarning);
  assert.deepEqual(usable, ["cpu"]);
  assert.equal(reasons.length, 1);
  assert.match(reasons[0]!, new RegExp(`^execution provider ${missing} cannot be used: .*; trying cpu$`));
  assert.deepEqual(warnings, reasons);
  await assert.rejects(usableProviders([missing], onWarning), /cannot be used/);
});
