// The compiler never deletes what it wrote for a source that is gone; stale tests would still run.
import { rmSync } from "node:fs";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
