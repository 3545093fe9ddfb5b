import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/**
 * A log of one JSON object per line. A line is on disk before its request has an effect, so a killed process loses no
 * line.
 */
export class RequestLog<Entry extends object> {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    appendFileSync(file, '');
  }

  append(entry: Entry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  async read(): Promise<Entry[]> {
    const lines = (await readFile(this.#file, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Entry);
  }
}
