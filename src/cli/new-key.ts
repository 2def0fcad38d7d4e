import { createSecret } from "../services/access/access-key-secret.js";

/** `orb new-key`: a secret for ORB_BOOTSTRAP_KEY. Nothing is stored. */
export function newKeyCommand(): void {
  process.stdout.write(`${createSecret()}\n`);
}
