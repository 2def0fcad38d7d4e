import assert from "node:assert/strict";
import { test } from "node:test";

import { parseOutcomes } from "../../../src/services/evaluation/parse-outcomes.js";

const refused = (text: string, message: RegExp): void => {
  assert.throws(() => parseOutcomes(text), { name: "DomainError", code: "BAD_USER_INPUT", message });
};

test("the columns stand in any order, among others, and cells are taken as spreadsheets write them", () => {
  const text = `\uFEFFvalue,ptm,note,task,metric\r\n0.5,"a, ""b""",x,task 1, auc \r\n\r\n1e-3,'=sum,,t,accuracy\r\n`;
  assert.deepEqual(parseOutcomes(text), [
    { task: "task 1", ptm: 'a, "b"', metric: "auc", value: 0.5 },
    { task: "t", ptm: "=sum", metric: "accuracy", value: 0.001 },
  ]);
});

test("lines may end in one way or the other, in one file", () => {
  assert.deepEqual(
    parseOutcomes("task,ptm,metric,value\r\nt,p,auc,1\nt,q,auc,0\r\n").map(({ ptm }) => ptm),
    ["p", "q"],
  );
});

test("versions and the run are taken where the file has them", () => {
  const header = "task,ptm,metric,value,protocol,split,seed,evidenceUrl,taskVersion,ptmVersion";
  const text = `${header}\nt,p,auc,1,LINEAR_PROBE,val,-3,https://x,2,7\nt,p,auc,1,,,,,,\n`;
  assert.deepEqual(parseOutcomes(text), [
    {
      task: "t",
      ptm: "p",
      metric: "auc",
      value: 1,
      protocol: "LINEAR_PROBE",
      split: "val",
      seed: -3,
      evidenceUrl: "https://x",
      taskVersion: 2,
      ptmVersion: 7,
    },
    { task: "t", ptm: "p", metric: "auc", value: 1 },
  ]);
});

test("what is wrong is told with its line", () => {
  refused(
    "task,ptm,value\nt,p,1",
    /need the columns task, ptm, metric, value in the first line, got "task,ptm,value"/,
  );
  refused("", /need the columns/);
  const header = "task,ptm,metric,value,seed,protocol";
  for (const value of ["", "x", "NaN", "Infinity", "1e999"]) {
    refused(
      `${header}\nt,p,auc,1\nt,p,auc,${value}`,
      /Line 3 of the outcomes needs a task, .* and a finite value/,
    );
  }
  refused(`${header}\nt,,auc,1`, /Line 2 of the outcomes needs a task/);
  refused(`${header}\nt,p,auc,1,0.5`, /Line 2 of the outcomes needs whole numbers/);
  refused(
    `${header}\nt,p,auc,1,0,PROMPT`,
    /Line 2 of the outcomes needs one of FULL_FINE_TUNE, LINEAR_PROBE/,
  );
  refused(`${header}\n"t,p,auc,1`, /not comma-separated text/);
});
