import assert from "node:assert/strict";
import { test } from "node:test";

import { plainSchema } from "../support/plain-schema.js";

test("what is deprecated says until when it stays", () => {
  for (const type of Object.values(plainSchema.getTypeMap())) {
    const fields = "getFields" in type ? Object.values(type.getFields()) : [];
    const values = "getValues" in type ? type.getValues() : [];
    const args = fields.flatMap((field) => ("args" in field ? field.args : []));
    for (const { name, deprecationReason } of [...fields, ...values, ...args]) {
      if (deprecationReason == null) continue;
      assert.match(deprecationReason, /\b20\d\d-[01]\d-[0-3]\d\b/, `${type.name}, ${name}: name a date`);
    }
  }
});
