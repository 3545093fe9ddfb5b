/** Enough to find the fault; a record has a size limit, and an error's message has none. */
const maxCharacters = 1000;

/** What a record keeps of an error's message. */
export function shortened(message: string): string {
  const text = message.toWellFormed();
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 1).toWellFormed()}…` : text;
}
