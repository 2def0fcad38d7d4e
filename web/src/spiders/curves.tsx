import type { SpiderCardFragment } from "../generated/documents.ts";
import { Curve, type CurvePoint } from "./curve.tsx";

type Point = SpiderCardFragment["curve"][number];

const taus = (curve: readonly Point[]): CurvePoint[] =>
  curve.flatMap(({ epoch, validationTau: value }) => (value === null ? [] : [{ epoch, value }]));

/** How a spider learned, or learns: as lines, and as numbers for those who want or need them. */
export function Curves({ curve, epochs }: { curve: readonly Point[]; epochs: number }) {
  if (curve.length === 0) return null;
  const validation = taus(curve);
  return (
    <div className="curves">
      <Curve
        name="Loss"
        hue="amber"
        epochs={epochs}
        points={curve.map(({ epoch, loss: value }) => ({ epoch, value }))}
      />
      <Curve name="Weighted τ on validation tasks" hue="dew" epochs={epochs} points={validation} />
      <details className="small">
        <summary>Epoch by epoch</summary>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col" className="number">
                Loss
              </th>
              <th scope="col" className="number">
                Validation τ
              </th>
            </tr>
          </thead>
          <tbody>
            {curve.map(({ epoch, loss, validationTau }) => (
              <tr key={epoch}>
                <td>{epoch}</td>
                <td className="number">{loss.toFixed(4)}</td>
                <td className="number">{validationTau?.toFixed(4) ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}
