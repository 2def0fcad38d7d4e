import type { DataSource } from "typeorm";

/**
 * Copies of a row, for lists that must be long.
 *
 * @param changes SQL for columns that differ, where `n` counts the copies from 1; `id` differs by itself where there is one
 */
export async function copyRows(
  dataSource: DataSource,
  table: string,
  where: string,
  count: number,
  changes: Readonly<Record<string, string>>,
): Promise<string[]> {
  const columns = await dataSource.query<{ name: string }[]>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`,
    [table],
  );
  const names = columns.map(({ name }) => name);
  const values = names.map(
    (name) => changes[name] ?? (name === "id" ? "gen_random_uuid()" : `source.${name}`),
  );
  const rows = await dataSource.query<{ id?: string }[]>(
    `INSERT INTO ${table} (${names.join(", ")})
     SELECT ${values.join(", ")} FROM (SELECT * FROM ${table} WHERE ${where} LIMIT 1) AS source,
            generate_series(1, $1::int) AS n RETURNING *`,
    [count],
  );
  if (rows.length !== count) throw new Error(`copyRows: no row of ${table} has ${where}`);
  return rows.map(({ id }) => id ?? "");
}
