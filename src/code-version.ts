import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Of this program. Tokens carry it, so that it can be told which code computed them. */
export const CODE_VERSION = version;
