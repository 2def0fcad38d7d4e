import { words } from "../ui/format.ts";

interface Props {
  readonly name: string;
  readonly counts: readonly [string, number][];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}

/** More values than this are found by searching. */
const SHOWN = 12;

export function FacetList({ name, counts, chosen, onChange }: Props) {
  const missing = chosen.filter((value) => !counts.some(([known]) => known === value));
  const shown = [...counts.slice(0, SHOWN), ...missing.map((value): [string, number] => [value, 0])];
  if (shown.length === 0) return null;
  return (
    <fieldset className="facet">
      <legend>{name}</legend>
      {shown.map(([value, count]) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={() =>
              onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value])
            }
          />
          <span>{name === "Status" ? words(value) : value}</span>
          <span className="muted small">{count}</span>
        </label>
      ))}
      {counts.length > SHOWN && (
        <p className="small muted">{counts.length - SHOWN} more; search finds them</p>
      )}
    </fieldset>
  );
}
