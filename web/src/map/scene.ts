/** What is drawn: points in the plane with what they stand for, and threads from tasks to their best PTMs. */
export interface ScenePtm {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly x: number;
  readonly y: number;
  /** Index of its colour. */
  readonly family: number;
  /** 1 for the smallest PTM, 2 for the largest. */
  readonly size: number;
}
export interface SceneTask {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Indices of its best PTMs, best first. */
  readonly best: readonly number[];
}
export interface Scene {
  readonly ptms: readonly ScenePtm[];
  readonly tasks: readonly SceneTask[];
}

/** A point of the scene: what the pointer is over or what was chosen. */
export type Target = { readonly kind: "ptm" | "task"; readonly index: number };

/** From the plane to the canvas: x' = x * scale + left. */
export interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** The view that shows everything. */
export function wholeView({ ptms, tasks }: Scene, width: number, height: number): View {
  const points = [...ptms, ...tasks];
  const [low, high] = extent(points.map(({ x }) => x));
  const [bottom, top] = extent(points.map(({ y }) => y));
  const margin = Math.min(64, width / 8);
  const scale = Math.min(
    (width - 2 * margin) / (high - low || 1),
    (height - 2 * margin) / (top - bottom || 1),
  );
  return {
    scale,
    left: width / 2 - (scale * (low + high)) / 2,
    top: height / 2 - (scale * (bottom + top)) / 2,
  };
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return Number.isFinite(low) ? [low, high] : [0, 1];
}

/** Zooms about a point of the canvas. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  return {
    scale: view.scale * factor,
    left: x - (x - view.left) * factor,
    top: y - (y - view.top) * factor,
  };
}

const REACH = 12;

/** The point nearest to the pointer within reach; tasks come first, being fewer. */
export function pointAt({ ptms, tasks }: Scene, view: View, x: number, y: number): Target | undefined {
  const nearest = (points: readonly { readonly x: number; readonly y: number }[]): number => {
    let found = -1;
    let least = REACH * REACH;
    for (let i = 0; i < points.length; i++) {
      const dx = points[i]!.x * view.scale + view.left - x;
      const dy = points[i]!.y * view.scale + view.top - y;
      const distance = dx * dx + dy * dy;
      if (distance < least) [found, least] = [i, distance];
    }
    return found;
  };
  const task = nearest(tasks);
  if (task >= 0) return { kind: "task", index: task };
  const ptm = nearest(ptms);
  return ptm >= 0 ? { kind: "ptm", index: ptm } : undefined;
}
