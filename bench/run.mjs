// `npm run bench`: every bench of this folder, one after the other, with its defaults.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

for (const script of ["metrics.mjs", "spider.mjs", "zoo-file.mjs", "http.mjs", "rerank.mjs"]) {
  execFileSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url))], { stdio: "inherit" });
}
