const counts = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en");
const moments = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const days = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

export const compact = (count: number): string => counts.format(count);
export const exact = (count: number): string => whole.format(count);
/** "1 PTM", "2,000 PTMs". */
export const counted = (count: number, noun: string): string =>
  `${exact(count)} ${noun}${count === 1 ? "" : "s"}`;
export const moment = (text: string): string => moments.format(new Date(text));
export const day = (text: string): string => days.format(new Date(text));

export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** Fractions, as accuracies are reported, in percent; other metrics as they are. */
export function measured(value: number): string {
  return value >= 0 && value <= 1 ? `${(100 * value).toFixed(1)} %` : value.toPrecision(4);
}

export function duration(seconds: number): string {
  if (seconds < 1) return `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.round(seconds / 60)} min`;
}

/** A name with its version where there is more than one. */
export function versioned({ name, version }: { name: string; version: number }): string {
  return version > 1 ? `${name} v${version}` : name;
}

/** SOME_ENUM as "some enum". */
export function words(name: string): string {
  return name.toLowerCase().replaceAll("_", " ");
}
