import type { DataSource, EntityManager } from "typeorm";

import { CODE_VERSION } from "../../code-version.js";
import { WebhookDelivery } from "../../entities/webhook-delivery.js";
import { Webhook } from "../../entities/webhook.js";
import { DomainError } from "../../errors.js";
import type { Logger } from "../../log.js";
import { audit } from "../access/audit.js";
import { localViewer } from "../access/viewer.js";
import type { OutboundHttp } from "../outbound/outbound-http.js";
import { lockWebhook } from "./find-webhook.js";
import { pauseDeliveries } from "./pause-deliveries.js";
import { ATTEMPTS, retryDelay } from "./retry-delay.js";
import { webhookBody } from "./webhook-body.js";
import { signatureHeaders } from "./webhook-signature.js";

/** At a time to one webhook, so that one that is slow keeps no other waiting. */
const AT_A_TIME = 4;
const LIMITS = { maxBytes: 1024 * 1024, milliseconds: 15_000 } as const;
/** Longer than any attempt takes: what is not over by then belonged to a worker that died. */
const LEASE = "60 seconds";
/** In a row, each tried for most of a day. */
const MOST_DEAD = 5;
const KEPT = "30 days";
const PRUNED_AT_ONCE = 1000;
const GONE = 410;

/** What one attempt came to. */
interface Attempt {
  readonly status: number | null;
  /** Null if it was accepted. */
  readonly error: string | null;
}

/**
 * Sends what triggers wrote down. A delivery is taken by postponing it: whoever finishes says how it went, and one whose
 * worker died is due again. So it comes at least once, and its id tells a receiver whether it came before.
 */
export class DeliverWebhooks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbound: OutboundHttp,
    private readonly log: Logger,
    private readonly now: () => Date,
    /** 0 to 1, another each time. */
    private readonly chance: () => number,
  ) {}

  /**
   * Takes what is due, a few of each webhook, the longest due first.
   *
   * @param except webhooks that this process is busy with
   */
  async take(except: readonly string[]): Promise<WebhookDelivery[]> {
    const [taken]: [{ id: string }[], number] = await this.dataSource.query(
      // Materialized: a plan that ran the subquery twice would lock, and take, twice as many.
      `WITH taken AS MATERIALIZED (
         SELECT due.id FROM webhook, LATERAL (
           SELECT id FROM webhook_delivery
           WHERE webhook_id = webhook.id AND state = 'PENDING' AND next_attempt_at <= now()
           ORDER BY next_attempt_at LIMIT ${AT_A_TIME} FOR UPDATE SKIP LOCKED) AS due
         WHERE webhook.enabled AND webhook.id <> ALL ($2::uuid[]))
       UPDATE webhook_delivery AS delivery
       SET attempts = attempts + 1, attempted_at = now(), next_attempt_at = now() + $1::interval
       FROM taken WHERE delivery.id = taken.id
       RETURNING delivery.id`,
      [LEASE, except],
    );
    if (taken.length === 0) return [];
    return this.dataSource
      .createQueryBuilder(WebhookDelivery, "delivery")
      .where("delivery.id = ANY(:ids)", { ids: taken.map(({ id }) => id) })
      .orderBy("delivery.id")
      .getMany();
  }

  /** Tries a delivery that was taken, and writes down how it went unless the signal came first. */
  async attempt(delivery: WebhookDelivery, signal: AbortSignal): Promise<void> {
    const webhook = await this.dataSource
      .createQueryBuilder(Webhook, "webhook")
      .addSelect(["webhook.secret", "webhook.previousSecret"])
      .where("webhook.id = :webhookId", delivery)
      .getOne();
    if (webhook === null) return; // removed meanwhile, and its deliveries with it
    const attempt = await this.#send(webhook, delivery, signal);
    if (signal.aborted) return;
    await this.dataSource.transaction((manager) => this.#write(manager, webhook, delivery, attempt));
  }

  /** Forgets deliveries that are old, whatever became of them. */
  async prune(): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM webhook_delivery WHERE id IN (
         SELECT id FROM webhook_delivery WHERE created_at < now() - $1::interval LIMIT ${PRUNED_AT_ONCE})`,
      [KEPT],
    );
  }

  async #send(webhook: Webhook, delivery: WebhookDelivery, signal: AbortSignal): Promise<Attempt> {
    const body = webhookBody(delivery);
    const seconds = Math.floor(this.now().getTime() / 1000);
    const headers = {
      "content-type": "application/json",
      "user-agent": `Orbweaver/${CODE_VERSION}`,
      ...signatureHeaders({ id: delivery.id, seconds, body }, this.#secrets(webhook)),
    };
    const send = this.outbound.within(LIMITS);
    try {
      // A redirect is an answer like any other: what is signed goes to the address that somebody registered.
      const init = { method: "POST", headers, body, redirect: "manual", signal } as const;
      const answer = await send(webhook.url, init);
      await answer.body?.cancel();
      const { status, ok } = answer;
      return { status, error: ok ? null : `The receiver answered ${status}, and only 2xx accepts.` };
    } catch (error) {
      if (error instanceof DomainError) return { status: null, error: error.message };
      this.log.error({ deliveryId: delivery.id, error: (error as Error).stack }, "webhook delivery");
      return { status: null, error: "The request could not be made; see the server's log." };
    }
  }

  #secrets({ secret, previousSecret, previousSecretUntil }: Webhook): string[] {
    const works = previousSecretUntil !== null && previousSecretUntil > this.now();
    return works && previousSecret !== null ? [secret, previousSecret] : [secret];
  }

  async #write(
    manager: EntityManager,
    webhook: Webhook,
    { id, attempts, lastAttempt }: WebhookDelivery,
    { status, error }: Attempt,
  ): Promise<void> {
    // Before the delivery, as everywhere: two transactions then never wait for each other in a circle.
    const now = await lockWebhook(manager, webhook.id);
    if (now === null) return;
    const isOver = error === null || status === GONE || attempts >= lastAttempt;
    const state = error === null ? "DELIVERED" : isOver ? "DEAD" : "PENDING";
    const delay = retryDelay(attempts - (lastAttempt - ATTEMPTS), this.chance());
    const { affected } = await manager
      .createQueryBuilder()
      .update(WebhookDelivery)
      .set({
        state,
        status,
        error,
        nextAttemptAt: isOver || !now.enabled ? null : () => `now() + make_interval(secs => ${delay})`,
      })
      .where("id = :id AND attempts = :attempts AND state = 'PENDING'", { id, attempts })
      .execute();
    if (affected !== 1) return; // another attempt took over
    if (state === "DELIVERED") await countDead(manager, webhook, "0");
    if (state !== "DEAD") return;
    this.log.warn({ deliveryId: id, webhookId: webhook.id, error }, "webhook delivery given up");
    const dead = await countDead(manager, webhook, "dead_in_a_row + 1");
    if (status === GONE)
      await this.#disable(manager, webhook, "The receiver answered 410: it is gone for good.");
    else if (dead >= MOST_DEAD) {
      await this.#disable(
        manager,
        webhook,
        `${dead} deliveries in a row were given up; the last one: ${error}`,
      );
    }
  }

  async #disable(manager: EntityManager, { id }: Webhook, disabledReason: string): Promise<void> {
    const { affected } = await manager.update(
      Webhook,
      { id, enabled: true },
      { enabled: false, disabledReason },
    );
    if (affected !== 1) return;
    await pauseDeliveries(manager, id);
    await audit(manager, localViewer("webhook deliveries"), {
      action: "disableWebhook",
      subject: { type: "Webhook", id },
      before: { enabled: true, disabledReason: null },
      after: { enabled: false, disabledReason },
    });
    this.log.warn({ webhookId: id, reason: disabledReason }, "webhook disabled");
  }
}

/** @returns how many deliveries were given up since the last that was accepted */
async function countDead(manager: EntityManager, { id }: Webhook, count: string): Promise<number> {
  const [rows]: [{ dead: number }[], number] = await manager.query(
    `UPDATE webhook SET dead_in_a_row = ${count} WHERE id = $1 AND dead_in_a_row IS DISTINCT FROM ${count}
     RETURNING dead_in_a_row AS dead`,
    [id],
  );
  return rows[0]?.dead ?? 0;
}
