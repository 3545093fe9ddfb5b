/** In characters: a body of hundreds of kilobytes may be quoted; neither log, attribute nor record takes that. */
const maxLength = 1000;

/** The text, or the start of it. @param most In characters. */
export function truncate(text: string, most = maxLength): string {
  const short = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  // A cut may have split a character in two, and no store keeps half of one.
  return short.toWellFormed();
}
