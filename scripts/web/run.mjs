import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = new URL("../../", import.meta.url);

/** Runs a package's command in the repository's root; what it prints is shown, a failure ends the build. */
export async function run(command, parameters) {
  const path = fileURLToPath(new URL(`node_modules/.bin/${command}`, root));
  const child = spawn(path, parameters, { stdio: "inherit", cwd: fileURLToPath(root) });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}
