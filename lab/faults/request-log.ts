import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** One JSON object a line, each on disk before what it tells of can be seen: whoever is killed, no line is lost. */
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
