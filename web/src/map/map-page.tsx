import "./map.css";

import { useEffect, useMemo, useState } from "react";
import { useClient } from "urql";
import { Link, useLocation } from "wouter";

import { useAll } from "../api/page-store.ts";
import { decodeRows } from "../api/vector.ts";
import { MapPtmsDocument, MapRanksDocument, MapTasksDocument } from "../generated/documents.ts";
import { compact, counted, versioned } from "../ui/format.ts";
import { Empty, Problem, Waiting } from "../ui/states.tsx";
import type { Scene, Target } from "./scene.ts";
import { useProjection } from "./use-projection.ts";
import { WebCanvas } from "./web-canvas.tsx";

/** Colours beyond these would not be told apart. */
const FAMILIES = 5;
const FIRST_PICTURE = 300;
/** Tasks of one request; rankMany takes no more. */
const RANKED_AT_ONCE = 64;
/** Screens are wider than high: the first axis is drawn to a longer scale. */
const STRETCH = 1.7;

export function MapPage() {
  const zoo = useAll(MapPtmsDocument, ({ ptms }) => ptms);
  const all = useAll(MapTasksDocument, ({ tasks }) => tasks);
  // The picture of the first pages stands until all are there: each new plane would throw the points about.
  const count = zoo.done ? zoo.items.length : Math.min(zoo.items.length, FIRST_PICTURE);
  const ptms = useMemo(
    () => zoo.items.slice(0, count).filter(({ token }) => token !== null),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the list only grows
    [count],
  );
  const tasks = useMemo(() => all.items.filter(({ token }) => token?.place != null), [all.items]);
  const best = useBest(tasks);
  const question = useMemo(() => {
    const { values, width } = decodeRows(ptms.map(({ token }) => token!.vector));
    return { tokens: values, places: decodeRows(tasks.map(({ token }) => token!.place!)).values, width };
  }, [ptms, tasks]);
  const plane = useProjection(question);
  const families = useMemo(() => commonFamilies(ptms), [ptms]);
  const scene = useMemo((): Scene | undefined => {
    if (plane === undefined || plane.ptms.length > ptms.length || plane.tasks.length > tasks.length)
      return undefined;
    const places = new Map(ptms.map(({ id }, i) => [id, i]));
    const largest = Math.log(Math.max(2, ...ptms.map(({ parameterCount }) => parameterCount)));
    return {
      ptms: plane.ptms.map(([along, y], i) => {
        const x = STRETCH * along;
        const { id, architecture, parameterCount } = ptms[i]!;
        const family = families.indexOf(architecture ?? "");
        return {
          id,
          x,
          y,
          label: versioned(ptms[i]!),
          detail: `${architecture ?? "unknown architecture"}, ${compact(parameterCount)} weights`,
          family: family < 0 ? FAMILIES : family,
          size: 0.8 + 0.6 * (Math.log(Math.max(2, parameterCount)) / largest),
        };
      }),
      tasks: plane.tasks.map(([along, y], i) => {
        const x = STRETCH * along;
        const task = tasks[i]!;
        const found = (best.get(task.id) ?? []).map((id) => places.get(id));
        const drawn = found.filter((index) => index !== undefined && index < plane.ptms.length);
        return { id: task.id, x, y, label: versioned(task), best: drawn as number[] };
      }),
    };
  }, [plane, ptms, tasks, best, families]);
  const [target, setTarget] = useState<Target>();
  const [, navigate] = useLocation();

  const error = zoo.error ?? all.error;
  if (error && ptms.length === 0) return <Problem error={error} />;
  if (zoo.done && ptms.length < 3) {
    return (
      <Empty>
        <h1>Too few threads for a web</h1>
        <p>At least three PTMs with a token are needed; the zoo has {ptms.length}.</p>
      </Empty>
    );
  }
  if (scene === undefined) return <Waiting what="Spinning the web" />;
  const address = ({ kind, index }: Target): string =>
    kind === "ptm" ? `/zoo/${scene.ptms[index]!.id}` : `/rank/${scene.tasks[index]!.id}`;
  return (
    <div className="web">
      <header className="spread">
        <div>
          <h1>The web</h1>
          <p className="muted" role="status">
            {counted(scene.ptms.length, "PTM")} and {counted(scene.tasks.length, "task")}
            {zoo.done ? "" : " so far"}, threads to the five best of each task
          </p>
        </div>
        <ul className="row small">
          {families.map((family, i) => (
            <li key={family} className="row">
              <span className={`family family-${i}`} aria-hidden />
              {family === "" ? "other" : family}
            </li>
          ))}
        </ul>
      </header>
      <WebCanvas
        scene={scene}
        target={target}
        onTarget={setTarget}
        onOpen={(one) => navigate(address(one))}
        label={`A map of ${scene.ptms.length} PTMs and ${scene.tasks.length} tasks; the tasks are listed below with their best PTMs`}
      />
      <p className="small muted">
        PTM tokens in the plane of their two principal components, which show{" "}
        {Math.round(100 * (plane?.explained ?? 0))} % of their variance; tasks where the spider's projection
        puts the mean of their class centres. What is near here may be far in the other dimensions: the
        threads say what fits.
      </p>
      <div className="web-lists">
        {scene.tasks.map((task, index) => (
          <section
            key={task.id}
            className="panel"
            onMouseEnter={() => setTarget({ kind: "task", index })}
            onMouseLeave={() => setTarget(undefined)}
          >
            <h2>
              <Link href={`/rank/${task.id}`}>{task.label}</Link>
            </h2>
            <ol className="small">
              {task.best.map((ptm) => (
                <li key={ptm}>
                  <Link href={`/zoo/${scene.ptms[ptm]!.id}`}>{scene.ptms[ptm]!.label}</Link>
                </li>
              ))}
            </ol>
          </section>
        ))}
      </div>
    </div>
  );
}

function commonFamilies(ptms: readonly { readonly architecture: string | null }[]): string[] {
  const counts = new Map<string, number>();
  for (const { architecture } of ptms) {
    if (architecture !== null) counts.set(architecture, (counts.get(architecture) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, FAMILIES)
    .map(([family]) => family);
}

/** The best PTMs of each task, as they come. */
function useBest(tasks: readonly { readonly id: string }[]): ReadonlyMap<string, readonly string[]> {
  const client = useClient();
  const [best, setBest] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  useEffect(() => {
    let left = false;
    const read = async (): Promise<void> => {
      const found = new Map<string, readonly string[]>();
      for (let begin = 0; begin < tasks.length; begin += RANKED_AT_ONCE) {
        const taskIds = tasks.slice(begin, begin + RANKED_AT_ONCE).map(({ id }) => id);
        const { data } = await client.query(MapRanksDocument, { taskIds }).toPromise();
        if (left) return;
        for (const { task, entries } of data?.rankMany ?? []) {
          found.set(
            task.id,
            entries.map(({ ptm }) => ptm.id),
          );
        }
        setBest(new Map(found));
      }
    };
    void read();
    return () => void (left = true);
  }, [client, tasks]);
  return best;
}
