import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { z } from "zod";

import { DomainError } from "../errors.js";
import { entryName } from "../services/registry/entry-name.js";
import { type Role, ROLES } from "../services/access/viewer.js";
import type { Admitted } from "./access.js";

export interface OidcSettings {
  /** Exactly as its tokens name it. */
  readonly issuer: string;
  readonly audience: string;
  /** The claim that holds one of our roles, or a list with some of them. */
  readonly roleClaim: string;
}

/** With a shared secret, whoever can check a token could make one. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const CLOCK_TOLERANCE_SECONDS = 60;
const DISCOVERY_MS = 5_000;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Tokens of the organisation's identity provider (OpenID Connect). Its keys are fetched when needed and kept for minutes. */
export class OidcCredentials {
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(private readonly settings: OidcSettings) {}

  /**
   * @returns undefined for what is no valid token of the issuer for this audience
   * @throws DomainError FORBIDDEN if it names none of the roles; UNAVAILABLE if the issuer does not answer
   */
  async admit(bearer: string): Promise<Admitted | undefined> {
    if (!JWT.test(bearer)) return undefined;
    const payload = await this.#verify(bearer);
    if (payload === undefined) return undefined;
    const role = highestRole(payload[this.settings.roleClaim]);
    if (role === undefined) {
      throw new DomainError(
        "FORBIDDEN",
        `The token's claim "${this.settings.roleClaim}" names none of ${ROLES.join(", ")}.`,
      );
    }
    return {
      viewer: { name: `oidc:${entryName(payload.sub!, 190)}`, role, keyId: null, requestId: null },
      expiresAt: new Date(1000 * (payload.exp! + CLOCK_TOLERANCE_SECONDS)),
    };
  }

  async #verify(bearer: string) {
    const { issuer, audience } = this.settings;
    try {
      const { payload } = await jwtVerify(bearer, await this.#fetchKeys(), {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ["sub", "exp"],
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return undefined;
      throw new DomainError("UNAVAILABLE", "The identity provider did not answer; try again in a moment.", {
        cause: error,
      });
    }
  }

  #fetchKeys(): Promise<JWTVerifyGetKey> {
    this.#keys ??= this.#discover().catch((error: unknown) => {
      this.#keys = undefined; // the next token asks again
      throw error;
    });
    return this.#keys;
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.settings;
    const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const response = await fetch(address, { signal: AbortSignal.timeout(DISCOVERY_MS), redirect: "error" });
    const found = discovery.parse(await response.json());
    if (found.issuer !== issuer) throw new Error(`${address} speaks of another issuer.`);
    return createRemoteJWKSet(new URL(found.jwks_uri));
  }
}

function highestRole(claim: unknown): Role | undefined {
  const named = new Set([claim].flat().map((name) => String(name).toUpperCase()));
  return ROLES.findLast((role) => named.has(role));
}
