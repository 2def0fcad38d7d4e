import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The registry: PTMs, tasks, their tokens, spiders, rankings, outcomes, artifacts, jobs.
 *
 * PostgreSQL sorts NaN above every number and accepts it in `double precision`, so every number that a ranking reads
 * carries a CHECK; float32 vectors are bytea and are checked by their bits.
 */
export class Registry1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A little-endian float32 is NaN or infinite exactly when its eight exponent bits are ones.
    await runner.query(`
      CREATE FUNCTION float32s_are_finite(vectors bytea) RETURNS boolean
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS $$
        SELECT NOT EXISTS (
          SELECT FROM generate_series(0, octet_length(vectors) / 4 - 1) AS i
          WHERE get_byte(vectors, 4 * i + 3) & 127 = 127 AND get_byte(vectors, 4 * i + 2) >= 128
        )
      $$`);

    await runner.query(`
      CREATE FUNCTION is_finite(value double precision) RETURNS boolean
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS $$ SELECT value > '-Infinity' AND value < 'Infinity' $$`);

    await runner.query(`CREATE DOMAIN sha256 AS text CHECK (VALUE ~ '^[0-9a-f]{64}$')`);
    await runner.query(`
      CREATE DOMAIN entry_name AS text
      CHECK (length(VALUE) BETWEEN 1 AND 200 AND VALUE !~ '[[:cntrl:]]' AND VALUE = btrim(VALUE))`);

    await runner.query(`
      CREATE TABLE artifact (
        sha256     sha256 PRIMARY KEY,
        size_bytes bigint NOT NULL CHECK (size_bytes BETWEEN 0 AND 9007199254740991),
        created_at timestamptz NOT NULL DEFAULT now()
      )`);

    await runner.query(`
      CREATE TABLE ptm (
        id              uuid PRIMARY KEY,
        name            entry_name NOT NULL,
        version         integer NOT NULL CHECK (version >= 1),
        status          text NOT NULL
                        CHECK (status IN ('REGISTERED', 'INSPECTING', 'TOKENIZING', 'READY', 'FAILED', 'RETIRED')),
        status_reason   text,
        architecture    text CHECK (length(architecture) <= 200),
        license         text CHECK (length(license) <= 200),
        modality        text NOT NULL CHECK (modality IN ('IMAGE')),
        tags            text[] NOT NULL DEFAULT '{}',
        card            text CHECK (length(card) <= 100000),
        signature       jsonb NOT NULL,
        artifact_sha256 sha256 NOT NULL REFERENCES artifact,
        size_bytes      bigint NOT NULL CHECK (size_bytes BETWEEN 0 AND 9007199254740991),
        parameter_count bigint NOT NULL CHECK (parameter_count BETWEEN 0 AND 9007199254740991),
        feature_width   integer CHECK (feature_width >= 1),
        created_by      text NOT NULL,
        created_at      timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX ptm_name_version ON ptm (lower(name), version)`);
    await runner.query(`CREATE INDEX ptm_by_name ON ptm (name, id)`);
    await runner.query(`CREATE INDEX ptm_artifact ON ptm (artifact_sha256)`);
    await runner.query(`CREATE INDEX ptm_tags ON ptm USING gin (tags)`);

    await runner.query(`
      CREATE TABLE task (
        id              uuid PRIMARY KEY,
        name            entry_name NOT NULL,
        version         integer NOT NULL CHECK (version >= 1),
        kind            text NOT NULL CHECK (kind IN ('CLASSIFICATION')),
        status          text NOT NULL CHECK (status IN ('TOKENIZING', 'READY', 'FAILED')),
        status_reason   text,
        classes         text[] NOT NULL CHECK (cardinality(classes) >= 2),
        sample_count    integer NOT NULL CHECK (sample_count >= 0),
        content_sha256  sha256 NOT NULL,
        artifact_sha256 sha256 REFERENCES artifact,
        created_by      text NOT NULL,
        created_at      timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX task_name_version ON task (lower(name), version)`);
    await runner.query(`CREATE INDEX task_by_name ON task (name, id)`);
    await runner.query(`CREATE INDEX task_artifact ON task (artifact_sha256)`);

    await runner.query(`
      CREATE TABLE spider (
        id                uuid PRIMARY KEY,
        version           integer NOT NULL UNIQUE CHECK (version >= 1),
        active            boolean NOT NULL DEFAULT false,
        width             integer NOT NULL CHECK (width >= 1),
        snapshot_sha256   sha256 NOT NULL UNIQUE REFERENCES artifact,
        manifest          jsonb NOT NULL,
        encoder_sha256    sha256 NOT NULL REFERENCES artifact,
        encoder_width     integer NOT NULL CHECK (encoder_width >= 1),
        encoder_signature jsonb NOT NULL,
        created_at        timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX spider_one_active ON spider (active) WHERE active`);

    await runner.query(`
      CREATE TABLE ptm_token (
        id         uuid PRIMARY KEY,
        ptm_id     uuid NOT NULL REFERENCES ptm ON DELETE CASCADE,
        spider_id  uuid NOT NULL REFERENCES spider ON DELETE CASCADE,
        width      integer NOT NULL CHECK (width >= 1),
        vector     bytea NOT NULL CHECK (float32s_are_finite(vector)),
        digest     sha256 NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (spider_id, ptm_id),
        CHECK (octet_length(vector) = 4 * width)
      )`);
    await runner.query(`CREATE INDEX ptm_token_ptm ON ptm_token (ptm_id)`);

    await runner.query(`
      CREATE TABLE task_token (
        id             uuid PRIMARY KEY,
        task_id        uuid NOT NULL REFERENCES task ON DELETE CASCADE,
        encoder_sha256 sha256 NOT NULL,
        class_count    integer NOT NULL CHECK (class_count >= 2),
        width          integer NOT NULL CHECK (width >= 1),
        vectors        bytea NOT NULL CHECK (float32s_are_finite(vectors)),
        digest         sha256 NOT NULL,
        created_at     timestamptz NOT NULL DEFAULT now(),
        UNIQUE (task_id, encoder_sha256),
        CHECK (octet_length(vectors) = 4 * width * class_count)
      )`);

    await runner.query(`
      CREATE TABLE specific_token (
        id          uuid PRIMARY KEY,
        task_id     uuid NOT NULL REFERENCES task ON DELETE CASCADE,
        ptm_id      uuid NOT NULL REFERENCES ptm ON DELETE CASCADE,
        class_count integer NOT NULL CHECK (class_count >= 2),
        width       integer NOT NULL CHECK (width >= 1),
        vectors     bytea NOT NULL CHECK (float32s_are_finite(vectors)),
        digest      sha256 NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT now(),
        UNIQUE (task_id, ptm_id),
        CHECK (octet_length(vectors) = 4 * width * class_count)
      )`);
    await runner.query(`CREATE INDEX specific_token_ptm ON specific_token (ptm_id)`);

    await runner.query(`
      CREATE TABLE outcome (
        id           uuid PRIMARY KEY,
        task_id      uuid NOT NULL REFERENCES task ON DELETE CASCADE,
        ptm_id       uuid NOT NULL REFERENCES ptm ON DELETE CASCADE,
        metric       text NOT NULL CHECK (length(metric) BETWEEN 1 AND 100),
        value        double precision NOT NULL CHECK (is_finite(value)),
        protocol     text NOT NULL CHECK (protocol IN ('FULL_FINE_TUNE', 'LINEAR_PROBE')),
        split        text NOT NULL CHECK (length(split) BETWEEN 1 AND 100),
        seed         integer NOT NULL,
        evidence_url text CHECK (length(evidence_url) <= 2000),
        reported_by  text NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        UNIQUE (task_id, ptm_id, metric, protocol, split, seed)
      )`);
    await runner.query(`CREATE INDEX outcome_ptm ON outcome (ptm_id, id)`);
    await runner.query(`CREATE INDEX outcome_task ON outcome (task_id, id)`);

    await runner.query(`
      CREATE TABLE ranking (
        id         uuid PRIMARY KEY,
        task_id    uuid NOT NULL REFERENCES task ON DELETE CASCADE,
        spider_id  uuid NOT NULL REFERENCES spider,
        stage      text NOT NULL CHECK (stage IN ('COARSE', 'RERANKING', 'RERANKED', 'CANCELLED', 'FAILED')),
        receipt    sha256 NOT NULL,
        zoo_size   integer NOT NULL CHECK (zoo_size >= 0),
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX ranking_one_coarse ON ranking (receipt) WHERE stage = 'COARSE'`);
    await runner.query(`CREATE INDEX ranking_task ON ranking (task_id, id)`);

    await runner.query(`
      CREATE TABLE ranking_entry (
        ranking_id  uuid NOT NULL REFERENCES ranking ON DELETE CASCADE,
        rank        integer NOT NULL CHECK (rank >= 1),
        ptm_id      uuid NOT NULL REFERENCES ptm,
        fitness     double precision NOT NULL CHECK (is_finite(fitness)),
        coarse_rank integer NOT NULL CHECK (coarse_rank >= 1),
        static_rank integer CHECK (static_rank >= 1),
        PRIMARY KEY (ranking_id, rank),
        UNIQUE (ranking_id, ptm_id)
      )`);
    await runner.query(`CREATE INDEX ranking_entry_ptm ON ranking_entry (ptm_id, ranking_id)`);

    await runner.query(`
      CREATE TABLE job (
        id            uuid PRIMARY KEY,
        kind          text NOT NULL CHECK (kind IN ('TOKENIZE_TASK', 'TOKENIZE_PTM')),
        state         text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
        progress      double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
        stage         text,
        attempts      integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        error_message text,
        task_id       uuid REFERENCES task ON DELETE CASCADE,
        ptm_id        uuid REFERENCES ptm ON DELETE CASCADE,
        created_at    timestamptz NOT NULL DEFAULT now(),
        started_at    timestamptz,
        finished_at   timestamptz
      )`);
    await runner.query(`CREATE INDEX job_task ON job (task_id, id)`);
    await runner.query(`CREATE INDEX job_ptm ON job (ptm_id, id)`);

    await this.#zooState(runner);
  }

  /**
   * What rankings are computed from, as two counters: any process compares them with what it holds in memory and
   * knows whether to load again. The bump is deferred to the commit, so its row lock is held only for that moment, and
   * happens once a transaction, however many rows it wrote.
   */
  async #zooState(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zoo_state (
        part    text PRIMARY KEY CHECK (part IN ('tokens', 'outcomes')),
        version bigint NOT NULL
      )`);
    await runner.query(`INSERT INTO zoo_state VALUES ('tokens', 0), ('outcomes', 0)`);
    await runner.query(`
      CREATE FUNCTION bump_zoo_state() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        part_name text := TG_ARGV[0];
        marker text := 'orbweaver.bumped_' || part_name;
      BEGIN
        IF current_setting(marker, true) IS DISTINCT FROM pg_current_xact_id()::text THEN
          UPDATE zoo_state SET version = version + 1 WHERE part = part_name;
          PERFORM set_config(marker, pg_current_xact_id()::text, true);
        END IF;
        RETURN NULL;
      END $$`);
    for (const [table, part] of [
      ["ptm", "tokens"],
      ["ptm_token", "tokens"],
      ["spider", "tokens"],
      ["outcome", "outcomes"],
    ]) {
      await runner.query(`
        CREATE CONSTRAINT TRIGGER ${table}_bumps_zoo_state
        AFTER INSERT OR UPDATE OR DELETE ON ${table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bump_zoo_state('${part}')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE job, ranking_entry, ranking, outcome, specific_token, task_token, ptm_token, spider, task, ptm,
                 artifact, zoo_state`);
    await runner.query(`DROP FUNCTION bump_zoo_state, float32s_are_finite, is_finite`);
    await runner.query(`DROP DOMAIN sha256, entry_name`);
  }
}
