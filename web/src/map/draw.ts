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
    drawOrb(context, task, scene, at, isLit ? inks.amber : inks.muted, isLit ? 1 : target ? 0.15 : 0.55);
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

  const labels = new Labels(context, inks);
  for (const index of lit) {
    const ptm = ptms[index]!;
    const [x, y] = at(ptm);
    context.beginPath();
    context.arc(x, y, radius * ptm.size + 2, 0, 2 * Math.PI);
    context.fillStyle = inks.families[ptm.family]!;
    context.fill();
  }
  for (const [index, task] of tasks.entries()) {
    const isClear = target === undefined || (target.kind === "task" && target.index === index);
    drawHub(context, at(task), inks, isClear);
    if (isClear) labels.write(task.label, at(task), 12, TASK_FONT, inks.ink);
  }
  const named = target === undefined ? ptms : lit.map((index) => ptms[index]!);
  const inView = named.filter((ptm) => inSight(at(ptm)));
  if (inView.length > NAMED_BELOW) return;
  for (const ptm of inView) {
    labels.write(ptm.label, at(ptm), radius * ptm.size + 2, PTM_FONT, target ? inks.ink : inks.muted);
  }
}

const TASK_FONT = "500 14px Fraunces, serif";
const PTM_FONT = "500 12px Geist, sans-serif";
const LINE = 15;

/** Writes names where there is room: below their point, else above it, else not at all. */
class Labels {
  readonly #taken: { left: number; right: number; top: number; bottom: number }[] = [];

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly inks: Inks,
  ) {}

  write(text: string, [x, y]: [number, number], distance: number, font: string, ink: string): void {
    const { context } = this;
    context.font = font;
    const half = context.measureText(text).width / 2 + 2;
    for (const top of [y + distance, y - distance - LINE]) {
      const box = { left: x - half, right: x + half, top, bottom: top + LINE };
      const isFree = this.#taken.every(
        (other) =>
          other.left > box.right ||
          other.right < box.left ||
          other.top > box.bottom ||
          other.bottom < box.top,
      );
      if (!isFree) continue;
      this.#taken.push(box);
      context.textAlign = "center";
      context.textBaseline = "top";
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeStyle = this.inks.ground;
      context.strokeText(text, x, top);
      context.fillStyle = ink;
      context.fillText(text, x, top);
      return;
    }
  }
}

function litPtms({ tasks }: Scene, target: Target | undefined): readonly number[] {
  if (target === undefined) return [];
  return target.kind === "ptm" ? [target.index] : tasks[target.index]!.best;
}

/** Where the turns of a task's web cross its threads, as parts of their length. */
const TURNS = [0.3, 0.52, 0.74, 0.92];
/** Neighbouring threads farther apart than this, in radians, hold no turn between them. */
const WIDEST_GAP = 2.2;

/** A task's own web: threads to its best PTMs, and turns of silk between neighbours that sag towards the hub. */
function drawOrb(
  context: CanvasRenderingContext2D,
  task: SceneTask,
  { ptms }: Scene,
  at: (point: { x: number; y: number }) => [number, number],
  color: string,
  alpha: number,
): void {
  const [x, y] = at(task);
  context.strokeStyle = color;
  const threads = task.best.map((index, place) => {
    const [endX, endY] = at(ptms[index]!);
    return { place, endX, endY, angle: Math.atan2(endY - y, endX - x) };
  });
  for (const { place, endX, endY } of threads) {
    context.globalAlpha = alpha * (1 - 0.1 * place);
    context.lineWidth = place === 0 ? 1.8 : 1.1;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(endX, endY);
    context.stroke();
  }
  threads.sort((a, b) => a.angle - b.angle);
  context.globalAlpha = 0.7 * alpha;
  context.lineWidth = 0.9;
  context.beginPath();
  for (const [i, from] of threads.entries()) {
    const to = threads[(i + 1) % threads.length]!;
    const gap = (to.angle - from.angle + 2 * Math.PI) % (2 * Math.PI);
    if (gap > WIDEST_GAP || gap === 0) continue;
    for (const part of TURNS) {
      const [aX, aY] = [x + part * (from.endX - x), y + part * (from.endY - y)];
      const [bX, bY] = [x + part * (to.endX - x), y + part * (to.endY - y)];
      context.moveTo(aX, aY);
      context.quadraticCurveTo(x + 0.82 * ((aX + bX) / 2 - x), y + 0.82 * ((aY + bY) / 2 - y), bX, bY);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

function drawHub(
  context: CanvasRenderingContext2D,
  [x, y]: [number, number],
  inks: Inks,
  isClear: boolean,
): void {
  context.globalAlpha = isClear ? 1 : 0.35;
  context.beginPath();
  context.arc(x, y, 6.5, 0, 2 * Math.PI);
  context.fillStyle = inks.amber;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = inks.ink;
  context.stroke();
  context.globalAlpha = 1;
}
