import process from "node:process";

import {
  AccessKeysDocument,
  CreateAccessKeyDocument,
  everyItem,
  made,
  OrbError,
  RevokeAccessKeyDocument,
  type Role,
} from "orbweaver-client";

import { printJson, say } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { withServer } from "./with-server.js";

/** `orb key create`: the secret goes to stdout, once. */
export async function createKeyCommand(
  name: string,
  { role, expires, ...options }: ServerOptions & { role: Role; expires?: string },
): Promise<void> {
  await withServer(options, async (orb) => {
    const input = { name, role, expiresAt: expires };
    const { createAccessKey } = await orb.ask(CreateAccessKeyDocument, { input });
    const secret = made(createAccessKey, "secret");
    if (options.json) return printJson({ ...createAccessKey.accessKey, secret });
    process.stdout.write(`${secret}\n`);
    say(`The key of ${name}, role ${role}. It is shown this once.`);
  });
}

/** `orb key revoke` */
export async function revokeKeyCommand(which: string, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    const input = { accessKeyId: await findKey() };
    const { revokeAccessKey } = await orb.ask(RevokeAccessKeyDocument, { input });
    const key = made(revokeAccessKey, "accessKey");
    if (options.json) printJson(key);
    else process.stdout.write(`The key of ${key.name} is revoked.\n`);

    async function findKey(): Promise<string> {
      const keys = everyItem(
        async (after) => (await orb.ask(AccessKeysDocument, { first: 100, after })).accessKeys,
      );
      for await (const { id, name, prefix, revokedAt } of keys) {
        if (id === which || prefix === which || (name === which && revokedAt === null)) return id;
      }
      throw new OrbError("NOT_FOUND", `There is no key with the name, prefix or id "${which}".`);
    }
  });
}
