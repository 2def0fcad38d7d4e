// The compiler never deletes what it wrote for a source that is gone; stale tests would still run.
import { rmSync } from "node:fs";

for (const folder of ["../dist", "../packages/client/dist"]) {
  rmSync(new URL(folder, import.meta.url), { recursive: true, force: true });
}
