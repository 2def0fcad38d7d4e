import { fork } from "node:child_process";
import type { Socket } from "node:net";

import type { OpenChannel } from "./worker-channel.js";

/** Of standard error only the end is kept: enough for the last words of a crash. */
const KEPT_LAST_WORDS = 1000;

/**
 * The other half as a process of its own: a crash in native code, such as a graphics driver's, ends that process alone.
 * It leaves by itself when this process is gone.
 */
export const openProcess: OpenChannel = (_name, script, { onReply, onFailure, onEnd }) => {
  let lastWords = "";
  const child = fork(script, {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    detached: true, // Ctrl-C in this process's terminal must not look like a crash
  });
  const errors = child.stderr as Socket;
  errors.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-KEPT_LAST_WORDS);
  });
  child.on("message", onReply);
  child.on("error", (cause) => onFailure(`its process failed: ${cause.message}`, cause));
  // "close" and not "exit": by then standard error was read to its end.
  child.on("close", (code, signal) => {
    if (signal === "SIGKILL") onEnd("its process was killed");
    else onEnd(`its process ended with ${signal ?? `code ${code}`}${lastWords && `: ${lastWords.trim()}`}`);
  });
  return {
    // A process that is gone tells so by its end.
    post: (request) => void child.send(request, () => undefined),
    keepAlive: (on) => {
      for (const handle of [child, child.channel, errors]) {
        if (on) handle?.ref();
        else handle?.unref();
      }
    },
    abandon: () => void child.kill("SIGKILL"),
  };
};
