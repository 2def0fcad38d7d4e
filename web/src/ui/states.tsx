import "./states.css";

import type { ReactNode } from "react";
import type { CombinedError } from "urql";

import { errorText } from "../api/client.ts";
import { WebMark } from "./web-mark.tsx";

export function Waiting({ what }: { what: string }) {
  return (
    <div className="waiting" role="status">
      <WebMark spinning />
      <p>{what}</p>
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <div className="waiting">
      <WebMark />
      <div>{children}</div>
    </div>
  );
}

export function Problem({ error, onRetry }: { error: CombinedError | Error; onRetry?: () => void }) {
  const text = "graphQLErrors" in error ? errorText(error) : error.message;
  return (
    <div className="note alarm spread" role="alert">
      <p>{text}</p>
      {onRetry && (
        <button type="button" className="button small" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Meter({ value, label }: { value: number; label: string }) {
  const percent = Math.round(100 * value);
  return (
    <div
      className="meter"
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span style={{ transform: `scaleX(${value})` }} />
    </div>
  );
}
