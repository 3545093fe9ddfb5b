/**
 * The log of a run. Only its hash is kept, unless the lines are requested. Two runs of a seed are compared by the hash,
 * so that thousands of runs stay cheap.
 */
export class RunLog {
  /** The lines, if they are kept. */
  readonly lines: string[] | undefined;
  #high = 0xdeadbeef;
  #low = 0x41c6ce57;
  readonly #start: number;

  constructor(start: number, keepLines: boolean) {
    this.#start = start;
    this.lines = keepLines ? [] : undefined;
  }

  add(now: number, actor: string, text: string): void {
    this.#mix(now);
    this.#mixText(actor);
    this.#mixText(text);
    if (this.lines === undefined) return;
    const seconds = ((now - this.#start) / 1000).toFixed(3);
    this.lines.push(`${seconds.padStart(12)}  ${actor.padEnd(20)} ${text}`);
  }

  /** Hash of all lines, in order. */
  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mixText(text: string): void {
    for (let index = 0; index < text.length; index++) this.#mix(text.charCodeAt(index));
    this.#mix(0x1ffff);
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 2_654_435_761);
    this.#high ^= this.#high >>> 15;
    this.#low = Math.imul(this.#low ^ value, 1_597_334_677);
    this.#low ^= this.#low >>> 13;
  }
}
