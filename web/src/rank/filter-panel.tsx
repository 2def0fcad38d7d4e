import { useState } from "react";
import { useQuery } from "urql";

import { FilterChoicesDocument, type RankingPartsFragment } from "../generated/documents.ts";
import { Choices } from "../ui/choices.tsx";
import { bytes, compact } from "../ui/format.ts";
import { conditionCount, NO_FILTER, type Question } from "./question.ts";

interface Props {
  readonly question: Question;
  /** The widest list that was seen: where the ceilings come from. */
  readonly entries: RankingPartsFragment["entries"];
  readonly onChange: (change: Partial<Question>) => void;
}

/** Which PTMs may enter; every change asks again at once. Small screens show it on demand: the answer comes first there. */
export function FilterPanel({ question, entries, onChange }: Props) {
  const [{ data }] = useQuery({ query: FilterChoicesDocument });
  const [isOpen, setOpen] = useState(false);
  const count = conditionCount(question);
  return (
    <section className="panel stack filter" aria-labelledby="filter" data-open={isOpen || undefined}>
      <div className="spread">
        <h2 id="filter">Filter</h2>
        <div className="row">
          {count > 0 && (
            <button type="button" className="button quiet small" onClick={() => onChange(NO_FILTER)}>
              Clear
            </button>
          )}
          <button
            type="button"
            className="button small filter-toggle"
            aria-expanded={isOpen}
            aria-controls="filter-fields"
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Hide the filter" : "Show the filter"}
            {count > 0 && ` (${count})`}
          </button>
        </div>
      </div>
      <div className="stack filter-fields" id="filter-fields">
        <label>
          <span className="label">Words in its name, tags or card</span>
          <input
            className="input"
            type="search"
            value={question.text}
            onChange={(event) => onChange({ text: event.target.value })}
          />
        </label>
        <Ceiling
          label="At most so many weights"
          steps={steps(entries.map(({ ptm }) => ptm.parameterCount))}
          value={question.mostParameters}
          show={compact}
          onChange={(mostParameters) => onChange({ mostParameters })}
        />
        <Ceiling
          label="A file of at most"
          steps={steps(entries.map(({ ptm }) => ptm.sizeBytes))}
          value={question.mostBytes}
          show={bytes}
          onChange={(mostBytes) => onChange({ mostBytes })}
        />
        <Choices
          label="Licence"
          all={choices(data?.ptmFacets.licenses, question.license)}
          chosen={question.license}
          onChange={(license) => onChange({ license })}
        />
        <Choices
          label="Architecture"
          all={choices(data?.ptmFacets.architectures, question.architecture)}
          chosen={question.architecture}
          onChange={(architecture) => onChange({ architecture })}
        />
        <Choices
          label="Tags, all of them"
          all={choices(data?.ptmFacets.tags, question.tags)}
          chosen={question.tags}
          onChange={(tags) => onChange({ tags })}
        />
      </div>
    </section>
  );
}

/** What the zoo holds, and what is chosen although it holds none. */
function choices(facets: readonly { readonly value: string }[] = [], chosen: readonly string[]): string[] {
  return [...new Set([...facets.map(({ value }) => value), ...chosen])].sort();
}

/** Up to twelve ceilings, evenly spread over the values that are there. */
function steps(values: readonly number[]): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const count = Math.min(12, sorted.length);
  return Array.from({ length: count }, (_, i) => sorted[Math.round(((i + 1) * sorted.length) / count) - 1]!);
}

interface CeilingProps {
  readonly label: string;
  readonly steps: readonly number[];
  readonly value: number | undefined;
  readonly show: (value: number) => string;
  readonly onChange: (value: number | undefined) => void;
}

function Ceiling({ label, steps, value, show, onChange }: CeilingProps) {
  const all = value === undefined || steps.includes(value) ? steps : [...steps, value].sort((a, b) => a - b);
  return (
    <label>
      <span className="label">{label}</span>
      <select
        className="select"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))}
      >
        <option value="">any</option>
        {all.map((step) => (
          <option key={step} value={step}>
            {show(step)}
          </option>
        ))}
      </select>
    </label>
  );
}
