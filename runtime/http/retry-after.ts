/**
 * How long an answer asks to wait, in ms: Retry-After has seconds or a date (RFC 9110, 10.2.3).
 * @returns `undefined` where it asks for nothing, or for something that is neither.
 */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // The one form of a date that is sent: "Fri, 31 Dec 1999 23:59:59 GMT". Date.parse takes much else.
  const date = /^[A-Z][a-z]{2}, .* GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
