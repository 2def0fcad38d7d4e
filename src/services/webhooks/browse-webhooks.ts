import type { DataSource } from "typeorm";

import { WebhookDelivery } from "../../entities/webhook-delivery.js";
import { Webhook } from "../../entities/webhook.js";
import { applyFilter } from "../filters/filter-sql.js";
import { WEBHOOK_DELIVERY_FIELDS, type WebhookDeliveryFilter } from "../filters/webhook-delivery-filter.js";
import { WEBHOOK_FIELDS, type WebhookFilter } from "../filters/webhook-filter.js";
import { keysetPage, NEWEST_FIRST, type Page, type PageRequest } from "../registry/keyset-page.js";

/** Webhooks and their deliveries, page by page, newest first. */
export class BrowseWebhooks {
  constructor(private readonly dataSource: DataSource) {}

  webhooks(filter: WebhookFilter, page: PageRequest): Promise<Page<Webhook>> {
    const webhooks = this.dataSource.createQueryBuilder(Webhook, "webhook");
    return keysetPage(applyFilter(webhooks, filter, WEBHOOK_FIELDS), NEWEST_FIRST, page);
  }

  /** @param webhookId undefined: of all */
  deliveries(
    webhookId: string | undefined,
    filter: WebhookDeliveryFilter,
    page: PageRequest,
  ): Promise<Page<WebhookDelivery>> {
    const query = this.dataSource.createQueryBuilder(WebhookDelivery, "delivery");
    if (webhookId !== undefined) query.where("delivery.webhookId = :webhookId", { webhookId });
    return keysetPage(applyFilter(query, filter, WEBHOOK_DELIVERY_FIELDS), NEWEST_FIRST, page);
  }
}
