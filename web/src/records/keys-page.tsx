import { type FormEvent, useState } from "react";
import { useMutation, useQuery } from "urql";

import { errorText } from "../api/client.ts";
import {
  CreateAccessKeyDocument,
  KeysPageDocument,
  type KeysPageQuery,
  RevokeAccessKeyDocument,
  type Role,
} from "../generated/documents.ts";
import { day, moment, words } from "../ui/format.ts";
import { Pager, usePlaces } from "../ui/pager.tsx";
import { Problem, Waiting } from "../ui/states.tsx";

const ROLES: readonly Role[] = ["VIEWER", "CONTRIBUTOR", "CURATOR", "ADMIN"];

export function KeysPage() {
  const places = usePlaces();
  const [{ data, error, fetching }, ask] = useQuery({
    query: KeysPageDocument,
    variables: { first: 50, after: places.after },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  return (
    <div className="stack">
      <header>
        <h1>Keys</h1>
        <p className="muted">Who may come in, and what for. A secret is shown once, when its key is made.</p>
      </header>
      <NewKey onMade={again} />
      {error && <Problem error={error} onRetry={again} />}
      {!data && fetching && <Waiting what="Reading the keys" />}
      {data && (
        <>
          <div className="panel scroll" tabIndex={0} role="region" aria-label="Keys">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Holder</th>
                  <th scope="col">Role</th>
                  <th scope="col">Begins with</th>
                  <th scope="col">Made</th>
                  <th scope="col">Last used</th>
                  <th scope="col">Ends</th>
                </tr>
              </thead>
              <tbody>
                {data.accessKeys.nodes.map((key) => (
                  <Row key={key.id} held={key} onRevoked={again} />
                ))}
              </tbody>
            </table>
            {data.accessKeys.nodes.length === 0 && <p className="muted">None was made yet.</p>}
          </div>
          <Pager places={places} pageInfo={data.accessKeys.pageInfo} />
        </>
      )}
    </div>
  );
}

function NewKey({ onMade }: { onMade: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("VIEWER");
  const [made, setMade] = useState<{ name: string; secret: string }>();
  const [refusal, setRefusal] = useState<string>();
  const [{ fetching }, create] = useMutation(CreateAccessKeyDocument);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { data, error } = await create({ input: { name, role } });
    const secret = data?.createAccessKey.secret;
    setRefusal(error ? errorText(error) : data?.createAccessKey.userErrors[0]?.message);
    if (secret == null) return;
    setMade({ name, secret });
    setName("");
    onMade();
  };
  return (
    <form className="panel stack" onSubmit={(event) => void submit(event)}>
      <div className="fields">
        <label>
          <span className="label">Holder</span>
          <input className="input" required value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          <span className="label">Role</span>
          <select className="select" value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {words(one)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button primary" disabled={fetching}>
          Make a key
        </button>
      </div>
      {refusal && (
        <p className="note alarm" role="alert">
          {refusal}
        </p>
      )}
      {made && (
        <p className="note" role="status">
          The key of {made.name}, shown this once: <code>{made.secret}</code>
        </p>
      )}
    </form>
  );
}

type Key = KeysPageQuery["accessKeys"]["nodes"][number];

function Row({ held, onRevoked }: { held: Key; onRevoked: () => void }) {
  const [, revoke] = useMutation(RevokeAccessKeyDocument);
  const end = () => {
    if (!confirm(`End the key of ${held.name} for good?`)) return;
    void revoke({ input: { accessKeyId: held.id } }).then(onRevoked);
  };
  return (
    <tr>
      <td>{held.name}</td>
      <td>{words(held.role)}</td>
      <td>
        <code>{held.prefix}…</code>
      </td>
      <td className="muted">
        {day(held.createdAt)} by {held.createdBy}
      </td>
      <td className="muted">{held.lastUsedAt ? moment(held.lastUsedAt) : "never"}</td>
      <td>
        {held.revokedAt ? (
          <span className="chip alarm">revoked {day(held.revokedAt)}</span>
        ) : (
          <span className="row">
            {held.expiresAt && <span className="muted">{day(held.expiresAt)}</span>}
            <button type="button" className="button quiet small" onClick={end}>
              Revoke<span className="unseen"> the key of {held.name}</span>
            </button>
          </span>
        )}
      </td>
    </tr>
  );
}
