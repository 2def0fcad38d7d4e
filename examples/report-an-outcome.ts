import process from "node:process";

import { made, ReportOutcomeDocument } from "orbweaver-client";

import { connect, ptmNamed, taskNamed } from "./connect.js";

const [taskName, ptmName, value] = process.argv.slice(2);
if (taskName === undefined || ptmName === undefined || value === undefined) {
  throw new Error("Say which task, which PTM, and the accuracy as a fraction.");
}

const orb = connect();
const [task, ptm] = [await taskNamed(orb, taskName), await ptmNamed(orb, ptmName)];
const input = { taskId: task.id, ptmId: ptm.id, metric: "accuracy", value: Number(value) };
const { reportOutcome } = await orb.ask(ReportOutcomeDocument, { input });
const outcome = made(reportOutcome, "outcome");
process.stdout.write(`${outcome.ptm.name} on ${outcome.task.name}: ${outcome.metric} ${outcome.value}\n`);
