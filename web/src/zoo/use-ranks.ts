import { useEffect, useState } from "react";
import { useClient } from "urql";

import { allPages } from "../api/all-pages.ts";
import { RanksOnTaskDocument, ReadyTasksDocument } from "../generated/documents.ts";

/** Where some PTMs rank on one task, by PTM id; one that is missing is beyond the first thousand or not ranked. */
export interface TaskRanks {
  readonly task: { readonly id: string; readonly name: string; readonly version: number };
  readonly zooSize: number;
  readonly ranks: ReadonlyMap<string, number>;
}

/** Ranks of PTMs over the tasks that can be ranked (the first hundred by name), as they come. */
export function useRanks(ptmIds: readonly string[]): { rows: readonly TaskRanks[]; done: boolean } {
  const client = useClient();
  const [state, setState] = useState<{ rows: TaskRanks[]; done: boolean }>({ rows: [], done: false });
  const key = ptmIds.join();
  useEffect(() => {
    let left = false;
    const read = async (): Promise<void> => {
      const rows: TaskRanks[] = [];
      const pages = allPages(client, ReadyTasksDocument, ({ tasks }) => tasks);
      const first = await pages.next();
      for (const task of first.done ? [] : first.value) {
        const { data } = await client.query(RanksOnTaskDocument, { taskId: task.id }).toPromise();
        if (left) return;
        if (data) {
          const wanted = data.rank.entries.filter(({ ptm }) => key.split(",").includes(ptm.id));
          const ranks = new Map(wanted.map(({ ptm, rank }) => [ptm.id, rank]));
          rows.push({ task, zooSize: data.rank.zooSize, ranks });
          setState({ rows: [...rows], done: false });
        }
      }
      setState({ rows, done: true });
    };
    setState({ rows: [], done: false });
    read().catch(() => setState({ rows: [], done: true }));
    return () => void (left = true);
  }, [client, key]);
  return state;
}
