/**
 * Breaks a text between words into lines of at most `width` columns. A longer word, such as a key, keeps its own line, so
 * that it can be copied.
 * @param indent Stands in front of each line, and counts.
 */
export function wrap(text: string, width: number, indent = ''): string {
  const room = width - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines.map((one) => `${indent}${one}`).join('\n');
}
