import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import { currentInks, draw, type Inks } from "./draw.ts";
import { pointAt, type Scene, type Target, type View, wholeView, zoomed } from "./scene.ts";

interface Props {
  readonly scene: Scene;
  readonly target: Target | undefined;
  readonly onTarget: (target: Target | undefined) => void;
  readonly onOpen: (target: Target) => void;
  readonly label: string;
}

const STEP = 60;

/** The picture: the wheel and pinches zoom, dragging moves it, hovering tells, a click opens. Keys do the same. */
export function WebCanvas({ scene, target, onTarget, onOpen, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [view, setView] = useState<View>();
  const inks = useRef<Inks>(undefined);
  const [theme, setTheme] = useState(0);
  const shown = useMemo(() => view ?? wholeView(scene, size.width, size.height), [view, scene, size]);
  const latest = useRef(shown);
  latest.current = shown;

  useEffect(() => {
    const element = canvas.current!;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    const retheme = (): void => {
      inks.current = undefined;
      setTheme((count) => count + 1);
    };
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", retheme);
    addEventListener("themechange", retheme);
    void document.fonts.ready.then(retheme);
    // React's wheel listeners are passive: the page would scroll along.
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
      setView(zoomed(latest.current, factor, event.offsetX, event.offsetY));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      observer.disconnect();
      dark.removeEventListener("change", retheme);
      removeEventListener("themechange", retheme);
      element.removeEventListener("wheel", wheel);
    };
  }, []);

  useEffect(() => {
    const element = canvas.current!;
    if (size.width === 0) return undefined;
    const frame = requestAnimationFrame(() => {
      const ratio = devicePixelRatio;
      if (element.width !== size.width * ratio || element.height !== size.height * ratio) {
        element.width = size.width * ratio;
        element.height = size.height * ratio;
      }
      const context = element.getContext("2d")!;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      inks.current ??= currentInks(element.parentElement!);
      draw(context, size, scene, shown, inks.current, target);
    });
    return () => cancelAnimationFrame(frame);
  }, [scene, shown, size, target, theme]);

  const pointers = usePointers(
    latest,
    setView,
    (x, y) => onTarget(pointAt(scene, latest.current, x, y)),
    () => {
      if (target) onOpen(target);
    },
  );
  const press = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    const middle = [size.width / 2, size.height / 2] as const;
    if (move) setView({ ...shown, left: shown.left + move[0] * STEP, top: shown.top + move[1] * STEP });
    else if (event.key === "+" || event.key === "=") setView(zoomed(shown, 1.25, ...middle));
    else if (event.key === "-") setView(zoomed(shown, 0.8, ...middle));
    else if (event.key === "0") setView(undefined);
    else return;
    event.preventDefault();
  };
  return (
    <div className="web-canvas">
      <canvas ref={canvas} tabIndex={0} role="img" aria-label={label} onKeyDown={press} {...pointers} />
      <div className="web-zoom">
        <button
          type="button"
          className="button small"
          aria-label="Closer"
          onClick={() => setView(zoomed(shown, 1.4, size.width / 2, size.height / 2))}
        >
          +
        </button>
        <button
          type="button"
          className="button small"
          aria-label="Farther"
          onClick={() => setView(zoomed(shown, 1 / 1.4, size.width / 2, size.height / 2))}
        >
          −
        </button>
        <button type="button" className="button small" onClick={() => setView(undefined)}>
          All
        </button>
      </div>
    </div>
  );
}

const MOVES: Partial<Record<string, readonly [number, number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Dragging with one pointer, pinching with two; a press that does not move is a click. */
function usePointers(
  latest: { readonly current: View },
  setView: (view: View) => void,
  onHover: (x: number, y: number) => void,
  onClick: () => void,
) {
  const down = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(false);
  const place = (event: PointerEvent): { x: number; y: number } => ({
    x: event.nativeEvent.offsetX,
    y: event.nativeEvent.offsetY,
  });
  const onPointerDown = useCallback((event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    down.current.set(event.pointerId, place(event));
    moved.current = false;
  }, []);
  const onPointerMove = (event: PointerEvent) => {
    const now = place(event);
    const before = down.current.get(event.pointerId);
    if (before === undefined) return onHover(now.x, now.y);
    if (Math.hypot(now.x - before.x, now.y - before.y) < 3 && !moved.current) return undefined;
    moved.current = true;
    const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
    down.current.set(event.pointerId, now);
    const { current: view } = latest;
    if (other) {
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      setView(zoomed(view, factor, other.x, other.y));
    } else {
      setView({ ...view, left: view.left + now.x - before.x, top: view.top + now.y - before.y });
    }
    return undefined;
  };
  const onPointerUp = (event: PointerEvent) => {
    down.current.delete(event.pointerId);
    const { x, y } = place(event);
    if (moved.current) return;
    if (event.pointerType === "mouse") onClick();
    else onHover(x, y); // a finger has no hover: the first touch tells, the list beside the picture opens
  };
  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
  };
}
