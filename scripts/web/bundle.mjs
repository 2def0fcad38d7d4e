import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { build } from "vite";

import { root } from "./run.mjs";

/** Bundles the page; nothing is inlined into the HTML, so that the page's policy can forbid inline code. */
export async function bundle(output) {
  await build({
    configFile: false,
    root: fileURLToPath(new URL("web/", root)),
    logLevel: "warn",
    plugins: [react()],
    worker: { format: "es" },
    build: {
      outDir: fileURLToPath(output),
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
}
