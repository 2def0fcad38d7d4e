import "./zoo.css";

import { useDeferredValue, useMemo, useState } from "react";
import { useLocation } from "wouter";

import { useAll } from "../api/page-store.ts";
import { ZooPageDocument } from "../generated/documents.ts";
import { exact } from "../ui/format.ts";
import { Empty, Problem, Waiting } from "../ui/states.tsx";
import { FacetList } from "./facet-list.tsx";
import { countValues, type Chosen, FACETS, type Facet, matching, NONE, SORTS } from "./zoo-rows.ts";
import { type Sort, ZooTable } from "./zoo-table.tsx";

const NAMES: Record<Facet, string> = {
  architecture: "Architecture",
  license: "Licence",
  status: "Status",
  tags: "Tags",
};
const MOST_COMPARED = 5;

export function ZooPage() {
  const { items, done, error } = useAll(ZooPageDocument, ({ ptms }) => ptms);
  const [sought, setSought] = useState("");
  const [chosen, setChosen] = useState<Chosen>(NONE);
  const [sort, setSort] = useState<Sort>({ key: "name", descending: false });
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [, navigate] = useLocation();

  // Typing stays ahead of the list: ten thousand rows are sorted when the keys rest.
  const asked = useDeferredValue(useMemo(() => ({ sought, chosen, sort }), [sought, chosen, sort]));
  const rows = useMemo(() => {
    const found = matching(items, asked.sought, asked.chosen).sort(SORTS[asked.sort.key]);
    return asked.sort.descending ? found.reverse() : found;
  }, [items, asked]);
  const facets = useMemo(
    () =>
      FACETS.map((facet) => ({
        facet,
        counts: countValues(matching(items, asked.sought, asked.chosen, facet), facet),
      })),
    [items, asked],
  );
  const select = (id: string) =>
    setSelected(
      selected.includes(id)
        ? selected.filter((one) => one !== id)
        : [...selected, id].slice(-MOST_COMPARED),
    );

  if (error && items.length === 0) return <Problem error={error} />;
  if (items.length === 0 && !done) return <Waiting what="Reading the zoo" />;
  if (items.length === 0) {
    return (
      <Empty>
        <h1>The zoo is empty</h1>
        <p>Add a PTM with the addPtm mutation, or import the demo zoo.</p>
      </Empty>
    );
  }
  return (
    <div className="zoo">
      <header className="spread">
        <div>
          <h1>Zoo</h1>
          <p className="muted" role="status">
            {exact(rows.length)} of {exact(items.length)} PTMs{done ? "" : " so far"}
          </p>
        </div>
        <div className="row">
          <input
            className="input zoo-search"
            type="search"
            placeholder="Name, architecture, licence, tag"
            aria-label="Search the zoo"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
          <button
            type="button"
            className="button primary"
            disabled={selected.length < 2}
            onClick={() =>
              navigate(`/zoo/compare?${new URLSearchParams(selected.map((id) => ["ptm", id])).toString()}`)
            }
          >
            Compare {selected.length > 0 ? selected.length : ""}
          </button>
        </div>
      </header>
      {error && <Problem error={error} />}
      <details className="facets" open={matchMedia("(min-width: 900px)").matches}>
        <summary>Narrow down</summary>
        {facets.map(({ facet, counts }) => (
          <FacetList
            key={facet}
            name={NAMES[facet]}
            counts={counts}
            chosen={chosen[facet]}
            onChange={(values) => setChosen({ ...chosen, [facet]: values })}
          />
        ))}
      </details>
      <ZooTable rows={rows} sort={sort} onSort={setSort} selected={selected} onSelect={select} />
    </div>
  );
}
