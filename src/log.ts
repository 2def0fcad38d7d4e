import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Fields that hold a secret by their name, at the top of a line and one and two levels below it. */
const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "set-cookie",
  "accessKey",
  "bootstrapKey",
  "password",
  "secret",
  "secretAccessKey",
  "sessionToken",
  "databaseUrl",
];

/** Secrets inside texts, which are messages and stacks of libraries: bearer keys, passwords of URLs, signatures of links. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/(Bearer\s+)[\w.~+/=-]+/gi, "$1[Redacted]"],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*:)[^\s@"]+@/gi, "$1[Redacted]@"],
  [/(orb_[0-9a-f]{8})[0-9a-f]{48}/g, "$1[Redacted]"],
  [/(whsec_)[A-Za-z0-9+/=]{24,}/g, "$1[Redacted]"],
  [/(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"]+/gi, "$1[Redacted]"],
];

/**
 * The process's structured log: one JSON object a line on stderr, so that stdout stays a command's answer. Secrets are cut
 * out of fields by name, and of the finished line wherever they look like one.
 */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      },
      hooks: {
        streamWrite: (line) =>
          SECRET_TEXTS.reduce((text, [secret, shown]) => text.replace(secret, shown), line),
      },
    },
    destination,
  );
}
