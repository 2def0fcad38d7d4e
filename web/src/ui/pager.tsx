import { useState } from "react";

export interface Places {
  readonly after: string | null;
  readonly isFirst: boolean;
  readonly back: () => void;
  readonly on: (after: string | null) => void;
  readonly restart: () => void;
}

/** Where a list was turned to: cursors lead forward alone, so the way back is remembered. */
export function usePlaces(): Places {
  const [trail, setTrail] = useState<readonly (string | null)[]>([null]);
  return {
    after: trail.at(-1) ?? null,
    isFirst: trail.length === 1,
    back: () => setTrail(trail.slice(0, -1)),
    on: (after) => setTrail([...trail, after]),
    restart: () => setTrail([null]),
  };
}

interface Props {
  readonly places: Places;
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

export function Pager({ places, pageInfo }: Props) {
  if (places.isFirst && !pageInfo.hasNextPage) return null;
  return (
    <nav className="row" aria-label="Pages of the list">
      <button type="button" className="button small" disabled={places.isFirst} onClick={places.back}>
        Newer
      </button>
      <button
        type="button"
        className="button small"
        disabled={!pageInfo.hasNextPage}
        onClick={() => places.on(pageInfo.endCursor)}
      >
        Older
      </button>
    </nav>
  );
}
