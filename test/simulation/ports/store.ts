import type { MemoryStore } from '../../../runtime/index.ts';
import type { Delivery, EffectStore, StoredRecord } from '../../../runtime/stores/record-store.ts';
import type { FaultKind } from '../world/faults.ts';
import type { Spoiled, VirtualProcess } from '../world/virtual-process.ts';

/** Is told of every record that a delivery changed, and of what it was before. */
export type RecordWatch = (
  step: string,
  mine: Delivery,
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
  carriedAttempt: string | undefined,
) => void;

/** A claim that was not answered is recognised by its next try: it leaves nothing unknown. */
const harmless: Readonly<Record<string, readonly FaultKind[]>> = {
  claim: ['lost request', 'lost reply', 'throttle'],
};

/**
 * The store as a process reaches it, over a network. What befalls a call is made of the answers that the port has for
 * it; what a record becomes only the store itself decides.
 */
export function storeOver(process: VirtualProcess, store: MemoryStore, wrote: RecordWatch): EffectStore {
  const refused = (): never => {
    throw new Error('AccessDeniedException');
  };
  const contended = (cause: string) => () => ({ kind: 'contended' as const, cause: new Error(cause) });
  function call<Answer>(
    name: string,
    keys: readonly string[],
    detail: string,
    effect: () => Promise<Answer>,
  ): Promise<Answer> {
    const spoiled = {
      lost: contended('no answer'),
      throttled: contended('throttled'),
      ...(name === 'commit' && { conflicting: contended('TransactionConflict') }),
      refused,
    } as unknown as Spoiled<Answer>;
    return process.call(`${name} ${keys.join(' + ')}${detail}`, effect, spoiled, {
      keys,
      harmless: harmless[name],
    });
  }
  /** A write of one delivery, watched, or of those of a fold. */
  function writeAll<Answer>(
    name: string,
    deliveries: readonly Delivery[],
    effect: () => Promise<Answer>,
    carriedAttempt?: string,
  ): Promise<Answer> {
    const ids = deliveries.map(({ id }) => id);
    const attempts = deliveries.map(({ attempt }) => attempt);
    return call(name, ids, ` by ${attempts.join(' + ')}`, () => {
      const before = ids.map((id) => store.records.get(id));
      // The store decides and writes before it returns its promise.
      const answer = effect();
      for (const [index, mine] of deliveries.entries()) {
        const after = store.records.get(mine.id);
        if (before[index] !== after) wrote(name, mine, before[index], after, carriedAttempt);
      }
      return answer;
    });
  }
  function write<Answer>(
    name: string,
    mine: Delivery,
    effect: () => Promise<Answer>,
    carriedAttempt?: string,
  ): Promise<Answer> {
    return writeAll(name, [mine], effect, carriedAttempt);
  }
  return {
    claim: (mine, terms) => write('claim', mine, () => store.claim(mine, terms), terms.carriedAttempt),
    complete: (mine, result) => write('complete', mine, () => store.complete(mine, result)),
    release: (mine, lastError, failed) =>
      write('release', mine, () => store.release(mine, lastError, failed)),
    holdUnknown: (mine, seen, body, lastError) =>
      write('hold', mine, () => store.holdUnknown(mine, seen, body, lastError)),
    quarantine: (mine, lastError, over) =>
      write('quarantine', mine, () => store.quarantine(mine, lastError, over)),
    commit: (commits, effects) =>
      writeAll(
        'commit',
        commits.map(({ delivery }) => delivery),
        () => store.commit(commits, effects),
      ),
    countAttempt: (mine, lastError, over) =>
      write('count', mine, () => store.countAttempt(mine, lastError, over)),
    resolveDone: (id, attempt, times) =>
      call('resolve', [id], ` of ${attempt}`, () => store.resolveDone(id, attempt, times)),
    skip: (id, messageId) => call('skip', [id], ` of ${messageId}`, () => store.skip(id, messageId)),
    find: (id) =>
      process.call(`find ${id}`, () => store.find(id), { lost: refused, refused }, { keys: [id] }),
    // Asked once per process, and no record depends on it.
    keysOf: (table) => store.keysOf(table),
  };
}
