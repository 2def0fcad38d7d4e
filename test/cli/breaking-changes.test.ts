import assert from "node:assert/strict";
import { test } from "node:test";

import { untoldBreakingChanges } from "../../src/cli/breaking-changes.js";

const RELEASED = "type Query { a: Int b(x: Int): String }";

test("a schema that only grows breaks nothing", () => {
  assert.deepEqual(
    untoldBreakingChanges(RELEASED, "type Query { a: Int b(x: Int, y: Int): String c: Int }", ""),
    [],
  );
});

test("what a schema takes away must stand in the changelog's section of what breaks", () => {
  const current = "type Query { b(x: Int, y: Int!): String }";
  const changes = untoldBreakingChanges(RELEASED, current, "");
  assert.deepEqual(changes, ["Query.a was removed.", "A required arg y on Query.b was added."]);
  const changelog = (section: string): string =>
    `# Changelog\n\n## Unreleased\n\n### ${section}\n\n- Query.a was removed.\n- A required arg y on\n  Query.b was added.\n\n### Added\n\n## 0.1.0\n`;
  assert.deepEqual(untoldBreakingChanges(RELEASED, current, changelog("Breaking")), []);
  assert.deepEqual(untoldBreakingChanges(RELEASED, current, changelog("Removed")), changes);
});
