import { type FormEvent, useState } from "react";
import { useMutation, useQuery } from "urql";

import { errorText } from "../api/client.ts";
import { PoolsToLearnFromDocument, TrainSpiderDocument } from "../generated/documents.ts";

interface Props {
  /** A seed that was not tried yet: the same pool, recipe and seed would give the same spider again. */
  readonly freshSeed: number;
  readonly onStarted: () => void;
}

/** Starts a training from a pool with the default recipe; other recipes are for the API and `orb spider train`. */
export function TrainControl({ freshSeed, onStarted }: Props) {
  const [{ data }] = useQuery({ query: PoolsToLearnFromDocument });
  const [{ fetching }, train] = useMutation(TrainSpiderDocument);
  const [chosen, setChosen] = useState("");
  const [seed, setSeed] = useState<number>();
  const [refusal, setRefusal] = useState<string>();
  const pools = (data?.pools.nodes ?? []).filter(({ status }) => status === "READY");
  if (pools.length === 0) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const poolId = chosen || pools[0]!.id;
    const { data: answer, error } = await train({ input: { poolId, recipe: { seed: seed ?? freshSeed } } });
    setRefusal(error ? errorText(error) : answer?.trainSpider.userErrors[0]?.message);
    setSeed(undefined);
    onStarted();
  };
  return (
    <form className="stack train" onSubmit={(event) => void submit(event)}>
      <div className="fields">
        <label>
          <span className="label">Pool</span>
          <select className="select" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {pools.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="label">Seed</span>
          <input
            className="input train-seed"
            type="number"
            min={0}
            max={2147483647}
            required
            value={seed ?? freshSeed}
            onChange={(event) => setSeed(event.target.valueAsNumber || 0)}
          />
        </label>
        <button type="submit" className="button" disabled={fetching}>
          Train a spider
        </button>
      </div>
      {refusal && (
        <p className="note alarm" role="alert">
          {refusal}
        </p>
      )}
    </form>
  );
}
