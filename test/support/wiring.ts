import type { Clock } from '../../contract/clock.ts';
import type { Random } from '../../contract/random.ts';
import type { DeadLetter } from '../../runtime/dead-letter.ts';
import type { Effect } from '../../runtime/effects.ts';
import type { CommitAnswer, Completion, EffectStore } from '../../runtime/stores/effect-store.ts';
import type { Wiring } from '../../runtime/wiring.ts';

/** A clock that moves only when somebody sleeps. */
export class FakeClock implements Clock {
  time = 1_700_000_000_000;
  readonly slept: number[] = [];
  now(): number {
    return this.time;
  }
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.time += ms;
  }
}

export class FakeRandom implements Random {
  #made = 0;
  next(): number {
    return 0.5;
  }
  uuid(): string {
    this.#made += 1;
    return `attempt-${this.#made}`;
  }
}

/**
 * A store in memory with the semantics of the commit: the record and its effects together, or neither. `answers`
 * are given first, one a call, instead of what the store would say; a function may act on the store before.
 */
export class FakeStore implements EffectStore {
  readonly records = new Map<string, Completion>();
  readonly effects: Effect[] = [];
  readonly overs: (number | undefined)[] = [];
  readonly answers: ((completion: Completion) => CommitAnswer | Promise<CommitAnswer>)[] = [];

  async commit(completion: Completion, effects: readonly Effect[], over?: number): Promise<CommitAnswer> {
    this.overs.push(over);
    const answer = this.answers.shift();
    if (answer !== undefined) return await answer(completion);
    return this.#commit(completion, effects, over);
  }

  #commit(completion: Completion, effects: readonly Effect[], over?: number): CommitAnswer {
    const found = this.records.get(completion.id);
    if (found !== undefined && found.expiration !== over) {
      return { kind: 'exists', record: { ...found, status: 'COMPLETED' } };
    }
    this.records.set(completion.id, completion);
    this.effects.push(...effects);
    return { kind: 'committed' };
  }
}

export interface FakeWiring extends Wiring {
  readonly store: FakeStore;
  readonly clock: FakeClock;
  readonly letters: DeadLetter[];
  /** Every line that was logged, parsed. */
  readonly logged: Record<string, unknown>[];
}

export function fakeWiring(over: Partial<Wiring> = {}): FakeWiring {
  const letters: DeadLetter[] = [];
  const logged: Record<string, unknown>[] = [];
  return {
    store: new FakeStore(),
    clock: new FakeClock(),
    random: new FakeRandom(),
    deadLetters: {
      async send(letter) {
        letters.push(letter);
      },
    },
    recordTtlSeconds: 45 * 86_400,
    output: (line) => logged.push(JSON.parse(line)),
    letters,
    logged,
    ...over,
  } as FakeWiring;
}
