import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import process from "node:process";

import { AddTaskDocument, made, RankDocument, readClassFolders, zipClassFolders } from "orbweaver-client";

import { connect } from "./connect.js";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Say which folder: it holds a folder of images for each class.");

const orb = connect();
const temporary = await mkdtemp(join(tmpdir(), "orb-example-"));
try {
  const archive = join(temporary, "task.zip");
  const { images } = await readClassFolders(folder);
  await zipClassFolders(folder, images, archive);

  const artifact = await orb.uploadFile(archive);
  const name = basename(resolve(folder));
  const { addTask } = await orb.ask(AddTaskDocument, { input: { name, artifact, newVersion: true } });
  const task = made(addTask, "task");
  if (task.job) await orb.jobDone(task.job.id);

  const { rank } = await orb.ask(RankDocument, { taskId: task.id, topK: 3 });
  for (const { rank: place, ptm, fitness } of rank.entries) {
    process.stdout.write(`${place}. ${ptm.name}, fitness ${fitness.toFixed(3)}\n`);
  }
} finally {
  await rm(temporary, { recursive: true });
  await orb.close();
}
