import { DomainError } from "../../errors.js";
import type { OutboundHttp } from "../outbound/outbound-http.js";

const LONGEST = 2000;

/** The address in the one form in which it is stored. @throws DomainError FAILED_PRECONDITION (off), BAD_USER_INPUT */
export function webhookUrl(outbound: OutboundHttp, given: string): string {
  outbound.requireEnabled("Telling webhooks");
  const url = outbound.check(given);
  url.hash = "";
  if (url.href.length <= LONGEST) return url.href;
  throw new DomainError(
    "BAD_USER_INPUT",
    `url must have at most ${LONGEST} characters, got ${url.href.length}.`,
  );
}
