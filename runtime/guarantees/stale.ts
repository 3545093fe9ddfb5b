import type { Effect } from '../effects.ts';
import type { StaleEffect } from '../stores/record-store.ts';
import { decodeResult, encodeResult } from '../stores/result.ts';
import { isVersioned, versionOf } from '../stores/versions.ts';
import type { Verdict } from './guarantee.ts';

/** An effect that was left out of a commit, as the record lists it. */
interface StaleItem {
  /** Its place among the handler's effects, from 1. */
  readonly effect: number;
  readonly table: string;
  /** Both in digits: what it would have written, and what is there. */
  readonly version: string;
  readonly held: string;
}

/** An event's effects, less those that turned out to be stale. */
export class LiveEffects {
  #live: readonly (readonly [place: number, effect: Effect])[];
  readonly #stale: StaleItem[] = [];

  constructor(effects: readonly Effect[]) {
    this.#live = effects.map((effect, index) => [index + 1, effect]);
  }

  get list(): readonly Effect[] {
    return this.#live.map(([, effect]) => effect);
  }

  /** What the record tells of the commit; `undefined` where nothing was stale. */
  get result(): string | undefined {
    return this.#stale.length === 0 ? undefined : encodeResult({ stale: this.#stale });
  }

  /** Leaves out what the store called stale, and nothing else. */
  leaveOut(stale: readonly StaleEffect[]): void {
    for (const { index, held } of stale) {
      const [place, effect] = this.#live[index] ?? [];
      if (place === undefined || !isVersioned(effect)) continue;
      this.#stale.push({ effect: place, table: effect.table, version: String(versionOf(effect)), held });
    }
    const places = new Set(this.#stale.map(({ effect }) => effect));
    this.#live = this.#live.filter(([place]) => !places.has(place));
  }
}

/** @param result What the record tells of the commit. */
export function appliedWith(result: string | undefined): Verdict {
  const stale = result === undefined ? 0 : countOf(result);
  return stale === 0 ? { outcome: 'applied' } : { outcome: 'applied', stale };
}

function countOf(text: string): number {
  const { result } = decodeResult(text) as {
    readonly result?: { readonly stale?: readonly unknown[] } | null;
  };
  return result?.stale?.length ?? 0;
}
