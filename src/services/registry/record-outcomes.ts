import { type EntityManager, In } from "typeorm";
import { v7 as uuid } from "uuid";

import { Outcome } from "../../entities/outcome.js";
import { Ptm } from "../../entities/ptm.js";
import { Task } from "../../entities/task.js";
import { DomainError, mapAll } from "../../errors.js";
import { audit } from "../access/audit.js";
import type { Viewer } from "../access/viewer.js";
import { type Measurement, measurementKey, type StorableMeasurement } from "./measurement.js";

/**
 * Writes down measurements that nobody has reported yet, and finds those that somebody has, in the caller's transaction.
 *
 * @param action the mutation, for the audit
 * @returns in the order of the measurements
 * @throws DomainErrors by place: NOT_FOUND (task, PTM), CONFLICT (the same measurement has another value)
 */
export async function recordOutcomes(
  manager: EntityManager,
  viewer: Viewer,
  action: string,
  measurements: readonly StorableMeasurement[],
): Promise<Outcome[]> {
  await requirePairs(manager, measurements);
  const known = await addNewOutcomes(manager, viewer, action, measurements);
  return mapAll(measurements, (measurement) => agreeing(known, measurement));
}

/**
 * Writes down measurements of tasks and PTMs that are there, unless they have been reported, in the caller's transaction.
 *
 * @param action for the audit
 * @returns what counts of these measurements, new or not, by key
 */
export async function addNewOutcomes(
  manager: EntityManager,
  viewer: Viewer,
  action: string,
  measurements: readonly StorableMeasurement[],
): Promise<Map<string, Outcome>> {
  const added = await insertNew(manager, viewer, measurements);
  const known = await readAll(manager, measurements);
  const changes = [...known.values()]
    .filter(({ id }) => added.has(id))
    .map((outcome) => ({
      action,
      subject: { type: "Outcome", id: outcome.id },
      before: null,
      after: outcome,
    }));
  if (changes.length > 0) await audit(manager, viewer, ...changes);
  return known;
}

async function requirePairs(
  manager: EntityManager,
  measurements: readonly StorableMeasurement[],
): Promise<void> {
  async function idsOf(entity: typeof Task | typeof Ptm, ids: readonly string[]): Promise<Set<string>> {
    const rows = await manager.find<Task | Ptm>(entity, { select: { id: true }, where: { id: In(ids) } });
    return new Set(rows.map(({ id }) => id));
  }
  const tasks = await idsOf(Task, [...new Set(measurements.map(({ taskId }) => taskId))]);
  const ptms = await idsOf(Ptm, [...new Set(measurements.map(({ ptmId }) => ptmId))]);
  mapAll(measurements, ({ taskId, ptmId }) => {
    if (!tasks.has(taskId)) throw missing("Task", "taskId");
    if (!ptms.has(ptmId)) throw missing("Ptm", "ptmId");
  });
}

function missing(type: string, ...part: string[]): DomainError {
  return new DomainError("NOT_FOUND", `There is no ${type} with the id given.`, { part });
}

/** @returns the ids of those that were not there */
async function insertNew(
  manager: EntityManager,
  viewer: Viewer,
  measurements: readonly StorableMeasurement[],
): Promise<Set<string>> {
  // In one order, so that reports of the same measurements wait for each other and never in a circle.
  const rows = measurements
    .map((measurement) => ({ key: measurementKey(measurement), measurement }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ measurement }) => rowOf(measurement, viewer));
  const inserted = await manager
    .createQueryBuilder()
    .insert()
    .into(Outcome)
    .values(rows)
    .orIgnore()
    .returning("id")
    .execute();
  return new Set((inserted.raw as { id: string }[]).map(({ id }) => id));
}

function rowOf(measurement: StorableMeasurement, { name }: Viewer) {
  return { ...measurement, id: uuid(), reportedBy: name };
}

async function readAll(
  manager: EntityManager,
  measurements: readonly StorableMeasurement[],
): Promise<Map<string, Outcome>> {
  const rows = await manager
    .createQueryBuilder(Outcome, "outcome")
    .where(
      `NOT outcome.withdrawn AND
       (outcome.task_id, outcome.ptm_id, outcome.metric, outcome.protocol, outcome.split, outcome.seed) IN
       (SELECT * FROM unnest(:taskIds::uuid[], :ptmIds::uuid[], :metrics::text[], :protocols::text[], :splits::text[],
                             :seeds::int[]))`,
      {
        taskIds: measurements.map(({ taskId }) => taskId),
        ptmIds: measurements.map(({ ptmId }) => ptmId),
        metrics: measurements.map(({ metric }) => metric),
        protocols: measurements.map(({ protocol }) => protocol),
        splits: measurements.map(({ split }) => split),
        seeds: measurements.map(({ seed }) => seed),
      },
    )
    .getMany();
  return new Map(rows.map((outcome) => [measurementKey(outcome), outcome]));
}

function agreeing(known: ReadonlyMap<string, Outcome>, measurement: Measurement): Outcome {
  const outcome = known.get(measurementKey(measurement));
  const { metric, protocol, split, seed, value } = measurement;
  if (outcome === undefined) {
    throw new DomainError("CONFLICT", "This measurement was withdrawn in the same moment; report it again.");
  }
  if (outcome.value === value) return outcome;
  throw new DomainError(
    "CONFLICT",
    `This measurement (${metric}, ${protocol}, split ${split}, seed ${seed}) is recorded as ${outcome.value}, not ` +
      `${value}; report another run under its own seed or split.`,
    { part: ["value"] },
  );
}
