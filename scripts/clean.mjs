// The compiler never deletes what it wrote for a source that is gone; stale tests would still run. The web page keeps
// its own account of what it was built from (build-web.mjs) and stays.
import { readdirSync, rmSync } from "node:fs";

for (const folder of ["../dist/", "../packages/client/dist/"]) {
  const url = new URL(folder, import.meta.url);
  for (const name of names(url)) {
    if (name !== "web") rmSync(new URL(name, url), { recursive: true, force: true });
  }
}

function names(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was compiled yet
  }
}
