/**
 * Counts the commands of a connection to Redis: each is an array of bulk strings, `*2\r\n$4\r\nPING\r\n$1\r\na\r\n`
 * (Redis documentation, "Redis serialization protocol specification").
 */
export class CommandCounter {
  #rest = Buffer.alloc(0);

  /** @returns Number of commands that this chunk completes. */
  count(chunk: Buffer): number {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    let commands = 0;
    for (let end = this.#commandEnd(); end !== undefined; end = this.#commandEnd()) {
      commands += 1;
      this.#rest = this.#rest.subarray(end);
    }
    return commands;
  }

  #commandEnd(): number | undefined {
    const array = this.#line(0);
    let at = array?.end;
    for (let left = array?.number ?? 0; at !== undefined && left > 0; left--) {
      const string = this.#line(at);
      at = string && string.end + string.number + 2;
    }
    return at !== undefined && at <= this.#rest.length ? at : undefined;
  }

  /** Reads a line like `*2\r\n`. `end`: position after it. `undefined` if the line is not complete yet. */
  #line(start: number): { readonly number: number; readonly end: number } | undefined {
    const end = this.#rest.indexOf('\r\n', start);
    return end === -1
      ? undefined
      : { number: Number(this.#rest.toString('latin1', start + 1, end)), end: end + 2 };
  }
}
