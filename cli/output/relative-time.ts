const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const format = new Intl.RelativeTimeFormat('en', { style: 'short' });

/** `3 min. ago`, `in 2 hr.`; `now` within a second. @param time Milliseconds since the epoch. */
export function relativeTime(time: number, now: number): string {
  const [unit, ms] = chosen(Math.abs(time - now));
  const count = Math.trunc((time - now) / ms);
  return count === 0 ? 'now' : format.format(count, unit);
}

/** `3 min.`, `2 hr.` @param ms Length of a time. */
export function lengthOfTime(ms: number): string {
  return relativeTime(ms, 0).replace(/^in /, '').replace('now', '0 sec.');
}

/** The largest unit of which there is at least one and a half, so that "90 min." does not become "1 hr.". */
function chosen(ms: number) {
  return units.find(([, length]) => ms >= length * 1.5) ?? units[units.length - 1] ?? ['second', 1000];
}
