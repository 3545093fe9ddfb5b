/** Longest text, in characters. A message may quote a body of hundreds of kilobytes, which no log, attribute or record can hold. */
const maxLength = 1000;

/** Returns the text, cut to `most` characters. */
export function truncate(text: string, most = maxLength): string {
  const short = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  // The cut may have split a surrogate pair, and no store accepts half of it.
  return short.toWellFormed();
}
