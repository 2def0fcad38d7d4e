import { lookup } from "node:dns/promises";
import type { LookupAddress } from "node:dns";

import ipaddr from "ipaddr.js";

/**
 * What lies beyond this process. A parameter so that tests can put servers of their own in its place; the configuration
 * cannot name another one.
 */
export interface Network {
  /** All addresses of a host name. */
  readonly resolve: (hostname: string) => Promise<readonly LookupAddress[]>;
  /** Whether a connection to this address may be made at all. */
  readonly mayConnect: (address: string) => boolean;
  /** Certificates that are trusted beside the usual ones, PEM. */
  readonly ca?: string;
}

export const INTERNET: Network = {
  resolve: (hostname) => lookup(hostname, { all: true }),
  mayConnect: isPublicAddress,
};

/**
 * Whether an address belongs to the public internet: not this machine, its network, a cloud's metadata service or anything
 * else with a meaning of its own. Addresses of version 4 inside version 6 are judged as what they are.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}
