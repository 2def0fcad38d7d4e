import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * Lets the children of a list glide to their new places: where each was is kept, and it starts from there. Only those in
 * sight are moved, so that a long list costs what is seen.
 *
 * @param order changes exactly when the places do
 */
export function useMoves(list: RefObject<HTMLElement | null>, order: string): void {
  const places = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    if (list.current === null) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = list.current.getBoundingClientRect().top;
    const next = new Map<string, number>();
    const moved: [HTMLElement, number][] = [];
    for (const child of list.current.children as HTMLCollectionOf<HTMLElement>) {
      const key = child.dataset["key"]!;
      const place = child.getBoundingClientRect().top - top;
      next.set(key, place);
      const before = places.current.get(key);
      const inSight = place + top < innerHeight + 200 && place + top > -400;
      if (!still && inSight && before !== undefined && Math.abs(before - place) > 1) {
        moved.push([child, before - place]);
      }
    }
    places.current = next;
    for (const [child, by] of moved) {
      child.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], {
        duration: 550,
        easing: "cubic-bezier(0.2, 0.8, 0.2, 1)",
      });
    }
  }, [list, order]);
}
