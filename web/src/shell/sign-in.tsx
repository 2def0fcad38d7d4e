import { type FormEvent, useState } from "react";

import { accessKey } from "../api/key.ts";
import { WebMark } from "../ui/web-mark.tsx";

/** Asked only where the server refuses to answer without a key. */
export function SignIn({ refused, onKey }: { refused: boolean; onKey: () => void }) {
  const [key, setKey] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accessKey.set(key.trim());
    onKey();
  };
  return (
    <main className="sign-in">
      <form className="stack" onSubmit={submit}>
        <WebMark />
        <h1>Orbweaver</h1>
        <p className="muted">
          This registry answers to access keys. Yours stays in this tab and is forgotten when you close it.
        </p>
        {refused && (
          <p className="note alarm" role="alert">
            The server does not know this key. Check that it was copied whole, or ask for a new one.
          </p>
        )}
        <div>
          <label className="label" htmlFor="key">
            Access key
          </label>
          <input
            id="key"
            className="input"
            type="password"
            autoComplete="off"
            required
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        </div>
        <button className="button primary" type="submit">
          Sign in
        </button>
      </form>
    </main>
  );
}
