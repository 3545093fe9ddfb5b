import { isBodyKey } from '../../contract/event/identity.ts';
import type { EffectStore } from '../../runtime/ports/record-store.ts';

/** `body`: of the record of a body that a parser reads, and of no event. */
export type Step = EventStep | `body ${EventStep}`;

type EventStep =
  | 'claim'
  | 'complete'
  | 'release'
  | 'holdUnknown'
  | 'resolveDone'
  | 'skip'
  | 'block'
  | 'find'
  | 'commit'
  | 'countAttempt'
  | 'list'
  | 'unlist'
  | 'quarantine';

/**
 * What befalls one call:
 * - `down`: nothing is written, the call rejects; `lost`: it is written, the call rejects;
 * - `dies before`, `dies after`: its process ends, so that nothing ever answers;
 * - `contended`: nothing is written, and the store says so; `undecided`: it is written, and the store says the same;
 * - a function: runs before the call.
 */
export type Fault =
  | 'down'
  | 'lost'
  | 'dies before'
  | 'dies after'
  | 'contended'
  | 'undecided'
  | (() => unknown);

const never = () => new Promise<never>(() => {});

/** A store that counts its calls and lets things befall them: the first fault of a step befalls its first call. */
export class FaultyStore implements EffectStore {
  readonly calls: Step[] = [];
  readonly #inner: EffectStore;
  readonly #faults = new Map<Step, Fault[]>();

  constructor(inner: EffectStore) {
    this.#inner = inner;
  }

  befall(step: Step, ...faults: Fault[]): void {
    this.#faults.set(step, [...(this.#faults.get(step) ?? []), ...faults]);
  }

  /** Nothing befalls anything any more. */
  recover(): void {
    this.#faults.clear();
  }

  /** Absent, because it would be among the calls of each first invocation. A test of the history sets it. */
  recordHistory?: NonNullable<EffectStore['recordHistory']>;

  claim: EffectStore['claim'] = (...args) =>
    this.#call('claim', () => this.#inner.claim(...args), args[0].id);
  complete: EffectStore['complete'] = (...args) =>
    this.#call('complete', () => this.#inner.complete(...args));
  release: EffectStore['release'] = (...args) =>
    this.#call('release', () => this.#inner.release(...args), args[0].id);
  holdUnknown: EffectStore['holdUnknown'] = (...args) =>
    this.#call('holdUnknown', () => this.#inner.holdUnknown(...args));
  resolveDone: EffectStore['resolveDone'] = (...args) =>
    this.#call('resolveDone', () => this.#inner.resolveDone(...args));
  skip: EffectStore['skip'] = (...args) => this.#call('skip', () => this.#inner.skip(...args));
  block: EffectStore['block'] = (...args) => this.#call('block', () => this.#inner.block(...args), args[0]);
  find: EffectStore['find'] = (...args) => this.#call('find', () => this.#inner.find(...args));
  commit: EffectStore['commit'] = (...args) => this.#call('commit', () => this.#inner.commit(...args));
  list: NonNullable<EffectStore['list']> = (...args) =>
    this.#call('list', async () => this.#inner.list?.(...args));
  unlist: NonNullable<EffectStore['unlist']> = (...args) =>
    this.#call('unlist', async () => this.#inner.unlist?.(...args));
  quarantine: EffectStore['quarantine'] = (...args) =>
    this.#call('quarantine', () => this.#inner.quarantine(...args), args[0].id);
  countAttempt: EffectStore['countAttempt'] = (...args) =>
    this.#call('countAttempt', () => this.#inner.countAttempt(...args));

  async #call<Answer>(name: EventStep, call: () => Promise<Answer>, id = ''): Promise<Answer> {
    const step = isBodyKey(id) ? (`body ${name}` as const) : name;
    this.calls.push(step);
    const fault = this.#faults.get(step)?.shift();
    const contended = { kind: 'contended', cause: new Error('throttled') } as Answer;
    if (fault === 'contended') return contended;
    if (fault === 'down') throw new Error('socket hang up');
    if (fault === 'dies before') return await never();
    if (typeof fault === 'function') await fault();
    const answer = await call();
    if (fault === 'undecided') return contended;
    if (fault === 'lost') throw new Error('socket hang up');
    if (fault === 'dies after') return await never();
    return answer;
  }
}
