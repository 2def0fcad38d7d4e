import type { DataSource } from "typeorm";

import { Webhook } from "../../entities/webhook.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import type { Viewer } from "../access/viewer.js";
import { findWebhook } from "./find-webhook.js";
import { createWebhookSecret } from "./webhook-signature.js";

/** So long the secret before signs too. */
const GRACE = "24 hours";

export interface RotateWebhookSecretInput {
  readonly webhookId: string;
  /** Whether the secret before ends now: somebody else knows it. */
  readonly immediately: boolean;
}

/** Gives webhooks another secret. */
export class RotateWebhookSecret {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @returns the new secret, which nobody is told again
   * @throws DomainError NOT_FOUND, FAILED_PRECONDITION (a secret before still signs: a further change would cut its day short)
   */
  async run(
    { webhookId: id, immediately }: RotateWebhookSecretInput,
    viewer: Viewer,
  ): Promise<{ webhook: Webhook; secret: string }> {
    const secret = createWebhookSecret();
    return once(this.dataSource, viewer, async (manager) => {
      const before = await findWebhook(manager, id);
      const { affected } = await manager
        .createQueryBuilder()
        .update(Webhook)
        .set(
          immediately
            ? { secret, previousSecret: null, previousSecretUntil: null }
            : {
                secret,
                previousSecret: () => "secret",
                previousSecretUntil: () => `now() + interval '${GRACE}'`,
              },
        )
        .where("id = :id AND (:immediately OR coalesce(previous_secret_until < now(), true))", {
          id,
          immediately,
        })
        .execute();
      if (affected !== 1) {
        throw new DomainError(
          "FAILED_PRECONDITION",
          `The secret before still signs, until ${before.previousSecretUntil?.toISOString()}; rotate again after that, or ` +
            `immediately if one was leaked.`,
        );
      }
      const webhook = await manager.findOneByOrFail(Webhook, { id });
      await audit(manager, viewer, {
        action: "rotateWebhookSecret",
        subject: { type: "Webhook", id },
        before: { previousSecretUntil: before.previousSecretUntil },
        after: { previousSecretUntil: webhook.previousSecretUntil, immediately },
      });
      return { webhook, secret };
    });
  }
}
