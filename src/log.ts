import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/**
 * The process's structured log: one JSON object a line on stderr, so that stdout stays a command's answer.
 * Headers that carry secrets are cut out wherever they appear.
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ["authorization", "*.authorization", "cookie", "*.cookie", "accessKey", "*.accessKey"],
      },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
