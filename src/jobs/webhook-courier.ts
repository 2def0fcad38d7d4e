import { setTimeout as delay } from "node:timers/promises";

import type { WebhookDelivery } from "../entities/webhook-delivery.js";
import type { Logger } from "../log.js";
import type { DeliverWebhooks } from "../services/webhooks/deliver-webhooks.js";

const POLL_MS = 500;
/** Polls between two looks for deliveries that are old. */
const PRUNE_EVERY = 1200;
/** A process that stops lets its requests come to an answer for so long. */
const DRAIN_MS = 3_000;

/**
 * Brings deliveries to webhooks. Their rows are the queue: triggers, which write them, cannot ask pg-boss, and a second row
 * there would say the same twice. Any number of processes may do this at once.
 */
export class WebhookCourier {
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  /** What is under way, by webhook. */
  readonly #busy = new Map<string, Promise<void>>();
  #running: Promise<void> | undefined;

  constructor(
    private readonly deliver: DeliverWebhooks,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** Takes no more. What gets no answer soon is left to be tried again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const drained = Promise.all(this.#busy.values());
    const over = new AbortController();
    await Promise.race([drained, delay(DRAIN_MS, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
    this.#aborting.abort();
    await drained;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let poll = 0; !signal.aborted; poll++) {
      try {
        if (poll % PRUNE_EVERY === 0) await this.deliver.prune();
        const taken = await this.deliver.take([...this.#busy.keys()]);
        for (const [webhookId, deliveries] of byWebhook(taken)) this.#bring(webhookId, deliveries);
      } catch (error) {
        this.log.error({ error: String(error) }, "webhook deliveries");
      }
      await this.#pause(signal);
    }
  }

  #bring(webhookId: string, deliveries: readonly WebhookDelivery[]): void {
    const attempts = deliveries.map((delivery) => this.#attempt(delivery));
    const brought = Promise.all(attempts).then(() => void this.#busy.delete(webhookId));
    this.#busy.set(webhookId, brought);
  }

  async #attempt(delivery: WebhookDelivery): Promise<void> {
    try {
      await this.deliver.attempt(delivery, this.#aborting.signal);
    } catch (error) {
      // Its row is as it was taken, so it is due again soon.
      this.log.error({ deliveryId: delivery.id, error: String(error) }, "webhook delivery");
    }
  }

  /** Until the next poll is due, or a webhook with more to deliver is free. */
  async #pause(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const poll = delay(POLL_MS, undefined, { signal: AbortSignal.any([signal, over.signal]) });
    await Promise.race([poll.catch(() => undefined), ...this.#busy.values()]);
    over.abort();
  }
}

function byWebhook(deliveries: readonly WebhookDelivery[]): Map<string, WebhookDelivery[]> {
  const groups = new Map<string, WebhookDelivery[]>();
  for (const delivery of deliveries) {
    groups.set(delivery.webhookId, [...(groups.get(delivery.webhookId) ?? []), delivery]);
  }
  return groups;
}
