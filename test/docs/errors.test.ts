import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ApolloServerErrorCode } from "@apollo/server/errors";

import { ERROR_CODES } from "../../src/errors.js";
import { LIMIT_CODES } from "../../src/schema/limits.js";
import { repositoryRoot } from "../support/paths.js";

test("docs/errors.md explains every code that a client can see, once, and no other", () => {
  const text = readFileSync(new URL("docs/errors.md", repositoryRoot), "utf8");
  const documented = [...text.matchAll(/^\| `([A-Z_]+)` +\| [^|]+ \| [^|]+ \|$/gm)].map(([, code]) => code!);
  const codes = new Set<string>([...ERROR_CODES, ...LIMIT_CODES, ...Object.values(ApolloServerErrorCode)]);
  assert.deepEqual(documented.sort(), [...codes].sort());
});
