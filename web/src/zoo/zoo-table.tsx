import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useRef } from "react";
import { Link } from "wouter";

import { bytes, compact, day, versioned, words } from "../ui/format.ts";
import type { SortKey, ZooRow } from "./zoo-rows.ts";

const ROW_HEIGHT = 44;

const COLUMNS: readonly { key: SortKey; name: string; number?: boolean }[] = [
  { key: "name", name: "Name" },
  { key: "architecture", name: "Architecture" },
  { key: "parameterCount", name: "Weights", number: true },
  { key: "macs", name: "MACs", number: true },
  { key: "sizeBytes", name: "File", number: true },
  { key: "license", name: "Licence" },
  { key: "status", name: "Status" },
  { key: "createdAt", name: "Added" },
];

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

interface Props {
  readonly rows: readonly ZooRow[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly selected: readonly string[];
  readonly onSelect: (id: string) => void;
}

/** Only the rows in sight exist; the table says how many there are. */
export function ZooTable({ rows, sort, onSort, selected, onSelect }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  // Space and arrows scroll the table once it has the focus, as they scroll a page.
  const jump = (event: KeyboardEvent) => {
    if (event.key === "Home") virtual.scrollToIndex(0);
    if (event.key === "End") virtual.scrollToIndex(rows.length - 1);
  };
  return (
    <div className="zoo-scroll" ref={scroll} tabIndex={0} role="region" aria-label="PTMs" onKeyDown={jump}>
      <div role="table" aria-rowcount={rows.length + 1} aria-label="PTMs of the zoo" className="zoo-table">
        <div role="row" aria-rowindex={1} className="zoo-row zoo-head">
          <span role="columnheader">
            <span className="unseen">Compare</span>
          </span>
          {COLUMNS.map(({ key, name, number }) => (
            <span
              key={key}
              role="columnheader"
              className={number ? "number" : undefined}
              aria-sort={sort.key === key ? (sort.descending ? "descending" : "ascending") : "none"}
            >
              <button
                type="button"
                onClick={() => onSort({ key, descending: sort.key === key && !sort.descending })}
              >
                {name}
                <span aria-hidden>{sort.key === key ? (sort.descending ? " ↓" : " ↑") : ""}</span>
              </button>
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]!;
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={index + 2}
                className="zoo-row"
                style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}
              >
                <span role="cell">
                  <input
                    type="checkbox"
                    aria-label={`Compare ${versioned(row)}`}
                    checked={selected.includes(row.id)}
                    onChange={() => onSelect(row.id)}
                  />
                </span>
                <span role="cell">
                  <Link href={`/zoo/${row.id}`}>{versioned(row)}</Link>
                </span>
                <span role="cell">{row.architecture}</span>
                <span role="cell" className="number">
                  {compact(row.parameterCount)}
                </span>
                <span role="cell" className="number">
                  {row.macs === null ? "" : compact(row.macs)}
                </span>
                <span role="cell" className="number">
                  {bytes(row.sizeBytes)}
                </span>
                <span role="cell">{row.license}</span>
                <span role="cell">
                  <span className={row.status === "READY" ? "chip dew" : "chip"}>{words(row.status)}</span>
                </span>
                <span role="cell" className="muted">
                  {day(row.createdAt)}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
