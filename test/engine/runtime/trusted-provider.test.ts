import assert from "node:assert/strict";
import { test } from "node:test";

import { trustedProvider } from "../../../src/engine/runtime/trusted-provider.js";

test("the processor is believed; a provider that is not there is passed over with its reason", async () => {
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  assert.equal(await trustedProvider({ executionProviders: ["cpu"], onWarning }), "cpu");
  assert.deepEqual(warnings, []);
  const missing = process.platform === "darwin" ? "dml" : "coreml";
  assert.equal(await trustedProvider({ executionProviders: [missing, "cpu"], onWarning }), "cpu");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, new RegExp(`^execution provider ${missing} cannot be used: .*; trying cpu$`));
  await assert.rejects(trustedProvider({ executionProviders: [missing], onWarning }), /cannot be used/);
});
