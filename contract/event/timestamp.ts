const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/i;

const minute = 60_000;

/**
 * Whether a text is a valid time of RFC 3339 (section 5.6) that exists in the calendar: 2026-02-30 does not. Second 60
 * is accepted at the end of a month, where UTC may have a leap second.
 */
export function isTimestamp(text: string): boolean {
  const match = pattern.exec(text);
  if (match === null) return false;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minutes, second] = [part(4), part(5), part(6)];
  const [offsetHour, offsetMinutes] = [part(8), part(9)];
  if (hour > 23 || minutes > 59 || second > 60 || offsetHour > 23 || offsetMinutes > 59) return false;
  const date = new Date(0);
  // `Date.UTC` would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return false;
  if (second < 60) return true;
  const offset = (offsetHour * 60 + offsetMinutes) * (match[7] === '-' ? -1 : 1);
  date.setUTCHours(hour, minutes - offset);
  const next = new Date(date.getTime() + minute);
  return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0;
}
