/** The first `count` of `items` in random order (Fisher-Yates from the front), each selection equally likely. */
export function drawWithout<T>(items: readonly T[], count: number, random: () => number): T[] {
  const left = [...items];
  const drawn = Math.min(count, left.length);
  for (let i = 0; i < drawn; i++) {
    const j = i + Math.floor(random() * (left.length - i));
    [left[i], left[j]] = [left[j]!, left[i]!];
  }
  return left.slice(0, drawn);
}
