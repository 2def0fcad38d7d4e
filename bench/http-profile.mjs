// Where the main thread's time goes while a server answers `rank(topK: 10)`, or the yardstick's hello: shares by package
// or folder, then the functions that take most by themselves.
//
//   node http-profile.mjs             rank on the demo zoo
//   node http-profile.mjs --hello     the yardstick
//   node http-profile.mjs --out FILE  also the profile itself, for Chrome's developer tools
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { load } from "./http-load.mjs";
import { ServerProcess } from "./http-servers.mjs";

const { values: options } = parseArgs({
  options: {
    hello: { type: "boolean", default: false },
    seconds: { type: "string", default: "8" },
    functions: { type: "string", default: "25" },
    out: { type: "string" },
  },
});
const server = await ServerProcess.start(options.hello ? "http-hello.mjs" : "http-orb.mjs");
const seconds = Number(options.seconds);
let profile;
let requests;
try {
  await load(server.target, { connections: 32, seconds: seconds / 2 });
  await server.ask("profile");
  ({ requests } = await load(server.target, { connections: 32, seconds }));
  profile = await server.ask("profiled");
} finally {
  server.stop();
}
if (options.out) writeFileSync(options.out, JSON.stringify(profile));

// Samples are counted, not the time between them: that also passes while other processes run.
const interval = (profile.endTime - profile.startTime) / profile.samples.length;
const places = new Map();
const functions = new Map();
for (const { hitCount, callFrame } of profile.nodes) {
  const { functionName, url, lineNumber } = callFrame;
  if (functionName === "(idle)") continue;
  const place = placeOf(callFrame);
  add(places, place, hitCount * interval);
  const name = `${functionName || "(anonymous)"} ${place} ${url.split("/").at(-1)}:${lineNumber + 1}`;
  add(functions, name, hitCount * interval);
}
const busy = [...places.values()].reduce((sum, time) => sum + time);
console.log(
  `${requests} requests, ${(busy / requests).toFixed(1)} us of the main thread each (with the profiler on)`,
);
print(places, 30);
print(functions, Number(options.functions));

function placeOf({ functionName, url }) {
  if (url.startsWith("node:")) return url.split("/").slice(0, 2).join("/");
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return name;
  const [, folder] = /\/dist\/(src\/[^/]+)/.exec(url) ?? [];
  return folder ?? (url === "" ? `V8 ${functionName}` : "bench");
}

function add(sums, key, time) {
  sums.set(key, (sums.get(key) ?? 0) + time);
}

function print(sums, count) {
  console.log();
  const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, count);
  for (const [name, time] of sorted) {
    const each = (time / requests).toFixed(2).padStart(7);
    console.log(`${each} us ${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`);
  }
}
