import { randomBytes } from "node:crypto";

import { sha256 } from "../digest.js";

/** So that people, and programs that look for leaked secrets, know one when they see one. */
const MARK = "orb_";
/** 24 random bytes are 192 bits; 32 of them are in the prefix that is stored, 160 are not. */
const RANDOM_BYTES = 24;
const PREFIX_DIGITS = 8;
const CHECK_DIGITS = 8;

const FORM = new RegExp(`^${MARK}([0-9a-f]{${2 * RANDOM_BYTES}})([0-9a-f]{${CHECK_DIGITS}})$`);

/** A new secret: a mark, 192 random bits, a checksum. */
export function createSecret(): string {
  const random = randomBytes(RANDOM_BYTES).toString("hex");
  return MARK + random + checksum(random);
}

/** Whether it can be a secret at all: a mistyped or invented one is told apart without asking the database. */
export function isWellFormed(secret: string): boolean {
  const [, random, check] = FORM.exec(secret) ?? [];
  return random !== undefined && check === checksum(random);
}

/** The part that may be shown and stored. */
export function prefixOf(secret: string): string {
  return secret.slice(0, MARK.length + PREFIX_DIGITS);
}

function checksum(random: string): string {
  return sha256(MARK + random).slice(0, CHECK_DIGITS);
}
