/**
 * Reads the delay of Retry-After in ms: seconds or a date (RFC 9110, 10.2.3).
 * @returns `undefined` if the header is missing or invalid.
 */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // The only valid form of a date is "Fri, 31 Dec 1999 23:59:59 GMT". Date.parse accepts many others.
  const date = /^[A-Z][a-z]{2}, .* GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
