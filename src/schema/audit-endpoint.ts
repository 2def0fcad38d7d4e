import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { DomainError } from "../errors.js";
import type { AuditFilter, BrowseAudit } from "../services/access/browse-audit.js";

export const AUDIT_PATH = "/audit.ndjson";

const PARAMETERS: ReadonlySet<string> = new Set(["actor", "action", "since", "until"]);

/**
 * `GET /audit.ndjson?actor=&action=&since=&until=`: the audit for other programs, one JSON object a line, oldest first, as a
 * stream. The caller has made sure that the viewer may read it.
 *
 * @throws DomainError BAD_USER_INPUT
 */
export async function sendAudit(url: string, response: ServerResponse, audit: BrowseAudit): Promise<void> {
  const filter = parseFilter(new URL(url, "http://localhost").searchParams);
  response.writeHead(200, {
    "content-type": "application/x-ndjson; charset=utf-8",
    "cache-control": "no-store",
    "content-disposition": `attachment; filename="audit.ndjson"`,
  });
  try {
    await pipeline(Readable.from(lines(audit, filter)), response);
  } catch (error) {
    // The reader has gone; anything else breaks the stream off, which its missing last chunk tells the reader.
    if ((error as { code?: string }).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

async function* lines(audit: BrowseAudit, filter: AuditFilter): AsyncGenerator<string> {
  for await (const event of audit.all(filter)) yield `${JSON.stringify(event)}\n`;
}

function parseFilter(parameters: URLSearchParams): AuditFilter {
  for (const name of parameters.keys()) {
    if (!PARAMETERS.has(name)) {
      throw new DomainError("BAD_USER_INPUT", `${AUDIT_PATH} takes ${[...PARAMETERS].join(", ")}.`);
    }
  }
  return {
    actor: parameters.get("actor"),
    action: parameters.get("action"),
    since: parseMoment("since", parameters.get("since")),
    until: parseMoment("until", parameters.get("until")),
  };
}

function parseMoment(name: string, text: string | null): Date | null {
  const moment = text === null ? null : new Date(text);
  if (moment !== null && Number.isNaN(moment.getTime())) {
    throw new DomainError("BAD_USER_INPUT", `${name} must be RFC 3339 text.`);
  }
  return moment;
}
