import type { Scene, SceneTask, Target, View } from "./scene.ts";

/** Colours as the page's theme has them at this moment. */
export interface Inks {
  readonly ink: string;
  readonly muted: string;
  readonly silk: string;
  readonly ground: string;
  readonly amber: string;
  readonly families: readonly string[];
}

const FAMILIES_LIGHT = ["#1f7a6d", "#35618e", "#9a3b63", "#5d5a86", "#6d7a2b", "#8a5a3c"];
const FAMILIES_DARK = ["#5fc2ae", "#86b6e8", "#ec94b8", "#b8b3ec", "#c3cf7d", "#d8a987"];

export function currentInks(element: Element): Inks {
  const probe = document.createElement("span");
  element.append(probe);
  const color = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const inks = {
    ink: color("--ink"),
    muted: color("--muted"),
    silk: color("--silk"),
    ground: color("--ground"),
    amber: color("--amber"),
  };
  probe.remove();
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const system = matchMedia("(prefers-color-scheme: dark)").matches;
  const chosen = document.documentElement.dataset["theme"];
  const isDark = chosen === undefined ? system : dark;
  return { ...inks, families: isDark ? FAMILIES_DARK : FAMILIES_LIGHT };
}

/** Names of PTMs are written once there is room for them. */
const NAMED_BELOW = 60;

/** Draws the whole web; some milliseconds for ten thousand PTMs, so that every frame of a zoom is drawn anew. */
export function draw(
  context: CanvasRenderingContext2D,
  { width, height }: { width: number; height: number },
  scene: Scene,
  view: View,
  inks: Inks,
  target: Target | undefined,
): void {
  const { ptms, tasks } = scene;
  const at = ({ x, y }: { x: number; y: number }): [number, number] => [
    x * view.scale + view.left,
    y * view.scale + view.top,
  ];
  const inSight = ([x, y]: [number, number]): boolean =>
    x > -20 && y > -20 && x < width + 20 && y < height + 20;
  context.clearRect(0, 0, width, height);

  const lit = litPtms(scene, target);
  for (const [index, task] of tasks.entries()) {
    const isLit = target?.kind === "task" && target.index === index;
    drawThreads(context, task, scene, at, isLit ? inks.amber : inks.silk, isLit ? 1 : target ? 0.25 : 0.6);
  }

  const radius = Math.max(1.6, Math.min(6, 90 / Math.sqrt(ptms.length)));
  // One path a colour: filling is what costs, not the number of circles.
  for (const [family, color] of inks.families.entries()) {
    context.beginPath();
    for (const ptm of ptms) {
      if (ptm.family !== family) continue;
      const [x, y] = at(ptm);
      if (!inSight([x, y])) continue;
      context.moveTo(x + radius * ptm.size, y);
      context.arc(x, y, radius * ptm.size, 0, 2 * Math.PI);
    }
    context.globalAlpha = target ? 0.35 : 0.85;
    context.fillStyle = color;
    context.fill();
  }
  context.globalAlpha = 1;

  context.font = "500 12px Geist, sans-serif";
  context.textAlign = "center";
  const inView = ptms.filter((ptm) => inSight(at(ptm)));
  for (const index of lit) {
    const ptm = ptms[index]!;
    const [x, y] = at(ptm);
    context.beginPath();
    context.arc(x, y, radius * ptm.size + 2, 0, 2 * Math.PI);
    context.fillStyle = inks.families[ptm.family]!;
    context.fill();
    write(context, ptm.label, x, y - radius * ptm.size - 7, inks.ink, inks.ground);
  }
  if (inView.length < NAMED_BELOW && !target) {
    for (const ptm of inView) {
      const [x, y] = at(ptm);
      write(context, ptm.label, x, y - radius * ptm.size - 5, inks.muted, inks.ground);
    }
  }
  for (const [index, task] of tasks.entries()) {
    drawTask(context, task, at(task), inks, !target || (target.kind === "task" && target.index === index));
  }
}

function litPtms({ tasks }: Scene, target: Target | undefined): readonly number[] {
  if (target === undefined) return [];
  return target.kind === "ptm" ? [target.index] : tasks[target.index]!.best;
}

/** Threads sag a little, as silk does. */
function drawThreads(
  context: CanvasRenderingContext2D,
  task: SceneTask,
  { ptms }: Scene,
  at: (point: { x: number; y: number }) => [number, number],
  color: string,
  alpha: number,
): void {
  const [x, y] = at(task);
  context.strokeStyle = color;
  for (const [place, index] of task.best.entries()) {
    const [endX, endY] = at(ptms[index]!);
    const sag = 0.08 * Math.hypot(endX - x, endY - y);
    context.globalAlpha = alpha * (1 - 0.12 * place);
    context.lineWidth = place === 0 ? 1.8 : 1;
    context.beginPath();
    context.moveTo(x, y);
    context.quadraticCurveTo((x + endX) / 2, (y + endY) / 2 + sag, endX, endY);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** A task is a hub: a diamond of two turns with its name. */
function drawTask(
  context: CanvasRenderingContext2D,
  { label }: SceneTask,
  [x, y]: [number, number],
  inks: Inks,
  isClear: boolean,
): void {
  context.globalAlpha = isClear ? 1 : 0.35;
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.fillStyle = inks.amber;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = inks.ink;
  context.stroke();
  context.font = "500 14px Fraunces, serif";
  write(context, label, x, y + 22, inks.ink, inks.ground);
  context.font = "500 12px Geist, sans-serif";
  context.globalAlpha = 1;
}

function write(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  ink: string,
  ground: string,
): void {
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = ground;
  context.strokeText(text, x, y);
  context.fillStyle = ink;
  context.fillText(text, x, y);
}
