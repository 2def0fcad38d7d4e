import type { DataSource, Logger } from "typeorm";

/** The statements that a data source sends while work runs; nothing else may use it meanwhile. */
export async function statementsOf(dataSource: DataSource, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const silent = (): void => undefined;
  const recorder: Logger = {
    logQuery: (statement) => void statements.push(statement),
    logQueryError: silent,
    logQuerySlow: silent,
    logSchemaBuild: silent,
    logMigration: silent,
    log: silent,
  };
  const before = dataSource.logger;
  dataSource.logger = recorder;
  try {
    await work();
  } finally {
    dataSource.logger = before;
  }
  return statements;
}
