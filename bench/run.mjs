// `npm run bench`: the benches that need no arguments, one after the other.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

for (const script of ["metrics.mjs", "spider.mjs", "zoo-file.mjs", "http.mjs", "rerank.mjs"]) {
  execFileSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url))], { stdio: "inherit" });
}
