import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Webhooks and what is to be delivered to them. Triggers write deliveries, so that no writer can forget one, and in the
 * transaction of the change, so that what is rolled back is never told. A delivery's row is also its place in the queue.
 */
export class Webhooks1764070000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.#functions(runner);
    await runner.query(`
      CREATE TABLE webhook (
        id                    uuid PRIMARY KEY,
        url                   text NOT NULL UNIQUE CHECK (length(url) <= 2000),
        events                text[] NOT NULL CHECK (cardinality(events) >= 1),
        enabled               boolean NOT NULL DEFAULT true,
        disabled_reason       text,
        dead_in_a_row         integer NOT NULL DEFAULT 0 CHECK (dead_in_a_row >= 0),
        secret                text NOT NULL,
        previous_secret       text,
        previous_secret_until timestamptz,
        created_by            text NOT NULL,
        created_at            timestamptz NOT NULL DEFAULT now(),
        CHECK (NOT enabled OR disabled_reason IS NULL),
        CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
      )`);
    await runner.query(`
      CREATE TABLE webhook_delivery (
        id              uuid PRIMARY KEY DEFAULT uuid_of_now(),
        webhook_id      uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
        event           text NOT NULL,
        subject         jsonb NOT NULL,
        state           text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DELIVERED', 'DEAD')),
        attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        last_attempt    integer NOT NULL DEFAULT 10 CHECK (last_attempt >= 1),
        next_attempt_at timestamptz DEFAULT now(),
        attempted_at    timestamptz,
        status          integer,
        error           text,
        created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK (state = 'PENDING' OR next_attempt_at IS NULL)
      )`);
    await runner.query(`
      CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_at) WHERE state = 'PENDING'`);
    await runner.query(`CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook_id, id)`);
    await runner.query(`CREATE INDEX webhook_delivery_by_state ON webhook_delivery (state, id)`);
    await runner.query(`CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at)`);
    // Locked, or a webhook that is removed meanwhile would fail the foreign key, and with it somebody's mutation.
    await runner.query(`
      CREATE FUNCTION announce(what text, about jsonb) RETURNS void LANGUAGE sql AS $$
        INSERT INTO webhook_delivery (webhook_id, event, subject)
        SELECT id, what, about FROM webhook WHERE enabled AND what = ANY (events) FOR KEY SHARE
      $$`);
    for (const [table, events] of Object.entries(EVENTS)) {
      await runner.query(`
        CREATE FUNCTION announce_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          is_new CONSTANT boolean := TG_OP = 'INSERT';
        BEGIN
          IF NOT EXISTS (SELECT FROM webhook WHERE enabled) THEN
            RETURN NULL; -- before anything is put together, for most registries have none
          END IF;${events}
          RETURN NULL;
        END $$`);
      await runner.query(`
        CREATE TRIGGER ${table}_announces AFTER INSERT OR UPDATE ON ${table}
        FOR EACH ROW EXECUTE FUNCTION announce_${table}()`);
    }
  }

  async #functions(runner: QueryRunner): Promise<void> {
    // The id that the API shows; test/services/webhooks compares it with toGlobalId.
    await runner.query(`
      CREATE FUNCTION global_id(type text, id uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT translate(encode(convert_to(type || ':' || id, 'UTF8'), 'base64'), E'+/=\\n', '-_')
      $$`);
    // Version 7, as everywhere: ids in the order of creation. PostgreSQL has its own from version 18 on.
    await runner.query(`
      CREATE FUNCTION uuid_of_now() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_byte(
          overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
          6, 112 + get_byte(uuid_send(gen_random_uuid()), 0) % 16), 'hex')::uuid
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(EVENTS)) {
      await runner.query(`DROP TRIGGER ${table}_announces ON ${table}`);
      await runner.query(`DROP FUNCTION announce_${table}`);
    }
    await runner.query(`DROP FUNCTION announce`);
    await runner.query(`DROP TABLE webhook_delivery, webhook`);
    await runner.query(`DROP FUNCTION uuid_of_now, global_id`);
  }
}

const ENTRY = (type: string): string =>
  `jsonb_build_object('id', global_id('${type}', NEW.id), 'name', NEW.name, 'version', NEW.version,
                      'status', NEW.status, 'statusReason', NEW.status_reason)`;

const OUTCOME = `jsonb_build_object(
  'id', global_id('Outcome', NEW.id), 'taskId', global_id('Task', NEW.task_id), 'ptmId', global_id('Ptm', NEW.ptm_id),
  'metric', NEW.metric, 'value', NEW.value, 'protocol', NEW.protocol, 'split', NEW.split, 'seed', NEW.seed)`;

const SPIDER = `jsonb_build_object(
  'id', global_id('Spider', NEW.id), 'version', NEW.version, 'status', NEW.status, 'statusReason', NEW.status_reason)`;

/** By table, which change is which event. */
const EVENTS = {
  ptm: `
    IF is_new THEN
      PERFORM announce('PTM_ADDED', ${ENTRY("Ptm")});
    ELSIF OLD.status <> NEW.status AND NEW.status IN ('READY', 'FAILED', 'RETIRED') THEN
      PERFORM announce('PTM_' || NEW.status, ${ENTRY("Ptm")});
    END IF;
    IF NOT is_new AND OLD.aliases <> NEW.aliases THEN
      PERFORM announce('PTM_ALIAS_MOVED', ${ENTRY("Ptm")} || jsonb_build_object('alias', alias))
      FROM unnest(NEW.aliases) AS alias WHERE alias <> ALL (OLD.aliases);
    END IF;`,
  task: `
    IF NEW.status IN ('READY', 'FAILED') AND (is_new OR OLD.status <> NEW.status) THEN
      PERFORM announce('TASK_' || NEW.status, ${ENTRY("Task")});
    END IF;`,
  ranking: `
    IF NOT is_new AND OLD.stage = 'RERANKING' AND NEW.stage <> 'RERANKING' THEN
      PERFORM announce('RERANK_COMPLETED', jsonb_build_object(
        'id', global_id('Ranking', NEW.id), 'taskId', global_id('Task', NEW.task_id), 'stage', NEW.stage,
        'topK', NEW.top_k, 'failure', NEW.failure, 'receipt', NEW.receipt));
    END IF;`,
  spider: `
    IF NOT is_new AND OLD.status = 'TRAINING' AND NEW.status IN ('READY', 'FAILED') THEN
      PERFORM announce(CASE NEW.status WHEN 'READY' THEN 'SPIDER_TRAINED' ELSE 'SPIDER_FAILED' END, ${SPIDER});
    END IF;
    IF NEW.active AND (is_new OR NOT OLD.active) THEN
      PERFORM announce('SPIDER_ACTIVATED', ${SPIDER});
    END IF;`,
  outcome: `
    IF is_new THEN
      PERFORM announce('OUTCOME_REPORTED', ${OUTCOME});
    ELSIF OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL THEN
      PERFORM announce('OUTCOME_VERIFIED', ${OUTCOME});
    ELSIF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL THEN
      PERFORM announce('OUTCOME_WITHDRAWN', ${OUTCOME} || jsonb_build_object('reason', NEW.withdrawal_reason));
    END IF;`,
} as const;
