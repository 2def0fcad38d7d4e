import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { createDataSource } from "../../src/database/data-source.js";
import { migrate } from "../../src/database/migrate.js";
import { ZooStates } from "../../src/services/ranking/zoo-state.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { type SownRegistry, sowRegistry } from "../support/registry-rows.js";

/** What the database itself refuses, whoever writes. */
let database: TestDatabase;
let dataSource: DataSource;
let sown: SownRegistry;
before(async () => {
  database = await createTestDatabase();
  await migrate(database);
  dataSource = createDataSource(database, { poolSize: 2, statementTimeoutMs: 10_000 });
  await dataSource.initialize();
  sown = await sowRegistry(dataSource, 3);
});
after(async () => {
  await dataSource.destroy();
  await database.drop();
});

const CHECK = "23514";
const UNIQUE = "23505";
const FOREIGN_KEY = "23503";

async function refused(code: string, statement: string, parameters: readonly unknown[] = []): Promise<void> {
  await assert.rejects(
    dataSource.query(statement, [...parameters]),
    (error: Error & { driverError?: { code?: string } }) => {
      assert.equal(error.driverError?.code, code, error.message);
      return true;
    },
  );
}

for (const value of ["NaN", "Infinity", "-Infinity"]) {
  test(`${value} is no outcome, no fitness and no progress`, async () => {
    await refused(CHECK, "UPDATE outcome SET value = $1", [value]);
    await refused(CHECK, "UPDATE ranking_entry SET fitness = $1", [value]);
    await refused(CHECK, "UPDATE job SET progress = $1", [value]);
  });
}

test("the largest, the smallest and negative zero are outcomes", async () => {
  const [{ id }] = (await dataSource.query("SELECT id FROM outcome LIMIT 1")) as [{ id: string }];
  for (const value of [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -0]) {
    await dataSource.query("UPDATE outcome SET value = $1 WHERE id = $2", [
      Object.is(value, -0) ? "-0" : value,
      id,
    ]);
    const [row] = (await dataSource.query("SELECT value FROM outcome WHERE id = $1", [id])) as {
      value: number;
    }[];
    assert.ok(Object.is(row!.value, value), `${row!.value}`);
  }
});

describe("a vector of 4 float32 values", () => {
  const vectors = [
    ["ptm_token", "vector", 1],
    ["task_token", "vectors", 2],
    ["specific_token", "vectors", 2],
  ] as const;
  const bits = (hex: string, rows: number, position: number): Buffer => {
    const bytes = Buffer.alloc(16 * rows, Buffer.from("0000803f", "hex")); // 1.0, little-endian
    Buffer.from(hex, "hex").copy(bytes, 4 * position);
    return bytes;
  };
  for (const [table, column, rows] of vectors) {
    test(`in ${table} is refused with NaN or an infinity at any place, by its bits`, async () => {
      const last = 4 * rows - 1;
      for (const hex of [
        "0000c07f",
        "0000c0ff",
        "0100807f",
        "ffffff7f",
        "ffffffff",
        "0000807f",
        "000080ff",
      ]) {
        for (const position of [0, 2, last]) {
          await refused(CHECK, `UPDATE ${table} SET ${column} = $1`, [bits(hex, rows, position)]);
        }
      }
    });

    test(`in ${table} is taken with every finite value: largest, denormal, zeros`, async () => {
      for (const hex of ["ffff7f7f", "ffff7fff", "01000000", "ffff7f00", "00000080", "00000000"]) {
        await dataSource.query(`UPDATE ${table} SET ${column} = $1`, [bits(hex, rows, 3)]);
      }
    });

    test(`in ${table} is refused with any other number of bytes`, async () => {
      for (const length of [0, 12 * rows, 16 * rows - 1, 16 * rows + 1, 20 * rows]) {
        await refused(CHECK, `UPDATE ${table} SET ${column} = $1`, [Buffer.alloc(length)]);
      }
    });
  }
});

describe("names, digests and states", () => {
  test("a name is unique with its version, whatever its case", async () => {
    await refused(UNIQUE, "UPDATE ptm SET name = 'PTM 0' WHERE name = 'ptm 1'");
    await refused(UNIQUE, "UPDATE task SET name = 'TASK 0' WHERE name = 'task 1'");
  });

  test("a name has 1 to 200 visible characters and no blank around it", async () => {
    for (const name of ["", " a", "a ", "a\nb", "a\tb", "a\u007fb", "x".repeat(201)]) {
      await refused(CHECK, "UPDATE ptm SET name = $1 WHERE name = 'ptm 1'", [name]);
      await refused(CHECK, "UPDATE task SET name = $1 WHERE name = 'task 1'", [name]);
    }
  });

  test("a digest is 64 lower-case hexadecimal digits", async () => {
    for (const digest of ["", "A".repeat(64), "0".repeat(63), `${"0".repeat(64)}\n`, "g".repeat(64)]) {
      await refused(CHECK, "INSERT INTO artifact (sha256, size_bytes) VALUES ($1, 1)", [digest]);
      await refused(CHECK, "UPDATE ranking SET receipt = $1", [digest]);
    }
  });

  test("states, kinds and protocols are those that the code knows", async () => {
    for (const [table, column] of [
      ["ptm", "status"],
      ["ptm", "modality"],
      ["task", "status"],
      ["task", "kind"],
      ["job", "state"],
      ["job", "kind"],
      ["ranking", "stage"],
      ["outcome", "protocol"],
    ]) {
      await refused(CHECK, `UPDATE ${table} SET ${column} = 'OTHER'`);
    }
  });

  test("counts are counts", async () => {
    await refused(CHECK, "UPDATE ptm SET parameter_count = -1");
    await refused(CHECK, "UPDATE ptm SET macs = -1");
    await refused(CHECK, "UPDATE ptm SET macs = 1, macs_reason = 'unknown'");
    await refused(CHECK, "UPDATE ptm SET size_bytes = 9007199254740992"); // 2^53 would not survive JavaScript
    await refused(CHECK, "UPDATE ptm SET version = 0");
    await refused(CHECK, "UPDATE task SET sample_count = -1");
    await refused(CHECK, "UPDATE task SET classes = '{one}'");
    await refused(CHECK, "UPDATE ranking_entry SET rank = 0");
  });

  test("one spider is active at most", async () => {
    await refused(
      UNIQUE,
      `INSERT INTO spider SELECT $1, 2, true, width, (SELECT artifact_sha256 FROM ptm LIMIT 1), manifest, encoder_sha256,
         encoder_width, encoder_signature FROM spider`,
      [uuid()],
    );
  });

  test("a measurement is one row, and a coarse receipt one ranking", async () => {
    await refused(
      UNIQUE,
      `INSERT INTO outcome SELECT $1, task_id, ptm_id, metric, 0, protocol, split, seed, NULL, 'x', now() FROM outcome LIMIT 1`,
      [uuid()],
    );
    await refused(
      UNIQUE,
      `INSERT INTO ranking SELECT $1, task_id, spider_id, stage, receipt, zoo_size, 'x', now() FROM ranking LIMIT 1`,
      [uuid()],
    );
  });
});

describe("links", () => {
  test("lead to what is there", async () => {
    await refused(FOREIGN_KEY, "UPDATE outcome SET ptm_id = $1", [uuid()]);
    await refused(FOREIGN_KEY, "UPDATE outcome SET task_id = $1", [uuid()]);
    await refused(FOREIGN_KEY, "UPDATE ptm SET artifact_sha256 = $1", ["f".repeat(64)]);
    await refused(FOREIGN_KEY, "DELETE FROM artifact");
  });

  test("a PTM that stands in a kept ranking stays, so that the ranking stays what it was", async () => {
    await refused(FOREIGN_KEY, "DELETE FROM ptm");
  });

  test("with a task goes all that speaks of it, and nothing else", async () => {
    const [taskId] = sown.taskIds;
    const about = async (): Promise<Record<string, number>> => {
      const [row] = (await dataSource.query(
        `SELECT (SELECT count(*)::int FROM task_token WHERE task_id = $1) AS tokens,
                (SELECT count(*)::int FROM specific_token WHERE task_id = $1) AS specific,
                (SELECT count(*)::int FROM outcome WHERE task_id = $1) AS outcomes,
                (SELECT count(*)::int FROM ranking WHERE task_id = $1) AS rankings,
                (SELECT count(*)::int FROM job WHERE task_id = $1) AS jobs,
                (SELECT count(*)::int FROM ranking_entry) AS entries,
                (SELECT count(*)::int FROM ptm) AS ptms`,
        [taskId],
      )) as Record<string, number>[];
      return row!;
    };
    const before = { tokens: 1, specific: 1, outcomes: 2, rankings: 1, jobs: 1, entries: 6, ptms: 3 };
    assert.deepEqual(await about(), before);
    await dataSource.query("DELETE FROM task WHERE id = $1", [taskId]);
    assert.deepEqual(await about(), {
      tokens: 0,
      specific: 0,
      outcomes: 0,
      rankings: 0,
      jobs: 0,
      entries: 4,
      ptms: 3,
    });
  });
});

describe("the counters of what rankings rest on", () => {
  const state = async (): Promise<[number, number]> => {
    const { tokens, outcomes } = await new ZooStates(dataSource).read();
    return [Number(tokens), Number(outcomes)];
  };

  test("move by one for a transaction, however many rows it writes", async () => {
    const [tokens, outcomes] = await state();
    await dataSource.query("UPDATE ptm SET tags = '{a}'");
    assert.deepEqual(await state(), [tokens + 1, outcomes]);
    await dataSource.query("UPDATE outcome SET value = 0.5");
    assert.deepEqual(await state(), [tokens + 1, outcomes + 1]);
    await dataSource.transaction(async (manager) => {
      await manager.query("UPDATE ptm SET tags = '{b}'");
      await manager.query("UPDATE ptm_token SET created_at = now()");
      await manager.query("UPDATE spider SET active = active");
      await manager.query("DELETE FROM outcome WHERE seed = 3");
    });
    assert.deepEqual(await state(), [tokens + 2, outcomes + 2]);
  });

  test("stay when a transaction is taken back, and for what no ranking rests on", async () => {
    const before = await state();
    const undo = new Error("undo");
    const undone = dataSource.transaction(async (manager) => {
      await manager.query("UPDATE ptm SET tags = '{c}'");
      throw undo;
    });
    await assert.rejects(undone, undo);
    await dataSource.query("UPDATE job SET stage = 'x'");
    await dataSource.query("UPDATE ranking SET created_by = 'x'");
    assert.deepEqual(await state(), before);
  });

  test("move by one for each of many transactions at once", async () => {
    const [tokens] = await state();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => dataSource.query("UPDATE ptm SET tags = ARRAY[$1]", [`t${i}`])),
    );
    assert.equal((await state())[0], tokens + 10);
  });
});
