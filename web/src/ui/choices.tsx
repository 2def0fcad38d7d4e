interface Props<Value extends string> {
  readonly label: string;
  readonly all: readonly Value[];
  readonly chosen: readonly Value[];
  readonly onChange: (chosen: Value[]) => void;
  /** How a value is shown; as it stands by default. */
  readonly name?: (value: Value) => string;
}

/** Any number of a few values. */
export function Choices<Value extends string>({ label, all, chosen, onChange, name }: Props<Value>) {
  if (all.length === 0) return null;
  const toggle = (value: Value) =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset className="choices">
      <legend className="label">{label}</legend>
      {all.map((value) => (
        <label key={value} className="choice">
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          <span>{name ? name(value) : value}</span>
        </label>
      ))}
    </fieldset>
  );
}
