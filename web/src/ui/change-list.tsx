interface Change {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What a change made of each value, folded up to the names of the values. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const told = changes.filter(({ before, after }) => (before ?? "null") !== (after ?? "null"));
  if (told.length === 0) return null;
  return (
    <details className="changes small">
      <summary className="muted">{told.map(({ field }) => field).join(", ")}</summary>
      <dl className="facts">
        {told.map(({ field, before, after }) => (
          <div className="fact" key={field}>
            <dt>{field}</dt>
            <dd className="mono">
              {before !== null && before !== "null" && (
                <>
                  <del>{before}</del>
                  <span aria-hidden> → </span>
                </>
              )}
              {after ?? "nothing"}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
