import type { Random } from '../../contract/random.ts';

/** A seeded generator (mulberry32): the same seed and name give the same numbers on every machine. */
export class Prng implements Random {
  #state: number;
  #made = 0;
  readonly #name: string;

  /** @param name Distinguishes the streams of a seed, so that more draws from one stream do not shift the others. */
  constructor(seed: number, name: string) {
    this.#name = name;
    this.#state = hash(name, seed);
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<Value>(values: readonly Value[]): Value {
    if (values.length === 0) throw new Error('There is nothing to pick from');
    return values[this.below(values.length)] as Value;
  }

  shuffled<Value>(values: readonly Value[]): Value[] {
    const left = [...values];
    return values.map(() => left.splice(this.below(left.length), 1)[0] as Value);
  }

  /** Unique in a run, and readable in its log. */
  uuid(): string {
    this.#made += 1;
    return `${this.#name}-${this.#made}`;
  }
}

/** 32 bits of a text and a number (FNV-1a, then mixed). */
function hash(text: string, seed: number): number {
  let state = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b) ^ Math.imul(seed, 0x9e3779b1);
  return state ^ (state >>> 13);
}
