interface Props<Value extends string> {
  readonly label: string;
  readonly every: string;
  /** Values and how they are shown. */
  readonly options: readonly (readonly [Value, string])[];
  readonly value: Value | undefined;
  readonly onChange: (value: Value | undefined) => void;
}

/** One of a few values, or all of them. */
export function Choice<Value extends string>({ label, every, value, onChange, options }: Props<Value>) {
  return (
    <label>
      <span className="label">{label}</span>
      <select
        className="select"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value === "" ? undefined : (event.target.value as Value))}
      >
        <option value="">{every}</option>
        {options.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
