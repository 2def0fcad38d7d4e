import process from "node:process";

import { AddPtmDocument, made, PtmByIdDocument } from "orbweaver-client";

import { connect } from "./connect.js";

const [file, name, pixels] = process.argv.slice(2);
if (file === undefined || name === undefined || pixels === undefined) {
  throw new Error("Say which ONNX file, the PTM's name, and how many pixels its square images have.");
}

const orb = connect();
try {
  const artifact = await orb.uploadFile(file);
  const signature = { input: "image", height: Number(pixels), width: Number(pixels) };
  const { addPtm } = await orb.ask(AddPtmDocument, { input: { name, artifact, signature } });
  const added = made(addPtm, "ptm");
  if (added.job)
    await orb.jobDone(added.job.id, ({ stage }) => process.stderr.write(`${stage ?? "waiting"}\n`));
  const { ptm } = await orb.ask(PtmByIdDocument, { id: added.id });
  process.stdout.write(`${ptm?.name} is ${ptm?.status}, its features have ${ptm?.featureWidth} dimensions\n`);
} finally {
  await orb.close();
}
