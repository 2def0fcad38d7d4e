import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Lists that can be searched and ordered: the words of what people wrote, parts of names, and an index for every order.
 * Ends of orders are ids, so that each is unique and a page can begin behind any row.
 */
export class Search1763935000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A trusted extension: the owner of the database may create it.
    await runner.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm`);
    // Separators that names are put together with; PostgreSQL's parser would take "org/model" for one path.
    await runner.query(`
      CREATE FUNCTION search_words(name text, labels text[], prose text) RETURNS tsvector
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$
        SELECT setweight(to_tsvector('english', translate(name, '/_.', '   ')), 'A')
            || setweight(to_tsvector('english', translate(array_to_string(labels, ' '), '/_.', '   ')), 'B')
            || setweight(to_tsvector('english', coalesce(prose, '')), 'C')
      $$`);
    await runner.query(`
      ALTER TABLE ptm ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (search_words(name, tags, card)) STORED`);
    await runner.query(`
      ALTER TABLE task ADD COLUMN search tsvector NOT NULL
        GENERATED ALWAYS AS (search_words(name, classes, NULL)) STORED`);
    for (const index of INDEXES) await runner.query(`CREATE INDEX ${index}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ${INDEXES.map((index) => index.split(" ")[0]).join(", ")}`);
    await runner.query(`ALTER TABLE task DROP COLUMN search`);
    await runner.query(`ALTER TABLE ptm DROP COLUMN search`);
    await runner.query(`DROP FUNCTION search_words`);
    await runner.query(`DROP EXTENSION pg_trgm`);
  }
}

const INDEXES = [
  "ptm_search ON ptm USING gin (search)",
  "ptm_name_parts ON ptm USING gin (lower(name) gin_trgm_ops)",
  "ptm_license ON ptm (license, id)",
  "ptm_architecture ON ptm (architecture, id)",
  "ptm_license_parts ON ptm USING gin (lower(license) gin_trgm_ops)",
  "ptm_architecture_parts ON ptm USING gin (lower(architecture) gin_trgm_ops)",
  "ptm_created_by ON ptm (created_by, id)",
  "ptm_by_parameters ON ptm (parameter_count, id)",
  "ptm_by_size ON ptm (size_bytes, id)",
  "task_search ON task USING gin (search)",
  "task_name_parts ON task USING gin (lower(name) gin_trgm_ops)",
  "task_by_samples ON task (sample_count, id)",
  "job_by_state ON job (state, id)",
] as const;
