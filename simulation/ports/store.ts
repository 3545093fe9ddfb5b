import { letterKey } from '../../contract/record/attention.ts';
import { historyKey } from '../../contract/record/history.ts';
import type { EffectStore, Item, MemoryStore, RecordStore } from '../../runtime/index.ts';
import type { Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';
import type { FaultKind } from '../world/faults.ts';
import type { Spoiled, VirtualProcess } from '../world/virtual-process.ts';

/** Called for every record that a delivery changed, with its content before and after. */
export type RecordWatch = (
  step: string,
  mine: Delivery,
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
  resendToken: string | undefined,
) => void;

/** The records and tables of a run, for its processes and for its observers. */
export interface RunStore {
  readonly records: Iterable<readonly [id: string, record: StoredRecord]> & {
    get(id: string): StoredRecord | undefined;
    delete(id: string): void;
  };
  readonly tables: { item(table: string, key: Item): Item | undefined };
  /** The store of a process, behind a network with faults. */
  over(process: VirtualProcess, wrote: RecordWatch): EffectStore;
}

/** How a process calls the store. Its faults happen here. */
export interface Way {
  /** A write of one delivery or of the deliveries of a fold. It is observed. */
  write<Answer>(
    step: string,
    deliveries: readonly Delivery[],
    effect: () => Promise<Answer>,
    resendToken?: string,
  ): Promise<Answer>;
  call<Answer>(
    step: string,
    keys: readonly string[],
    detail: string,
    effect: () => Promise<Answer>,
  ): Promise<Answer>;
}

/** Faults that cannot make an outcome unknown, by step. The next try of a claim recognises its own write. */
export const harmless: Readonly<Record<string, readonly FaultKind[]>> = {
  claim: ['lost request', 'lost reply', 'throttle', 'transaction conflict'],
};

/** A store whose steps are called on this way. */
export function along(way: Way, store: EffectStore): EffectStore {
  const { write } = way;
  return {
    ...alongRecords(way, store),
    commit: (commits, effects) => {
      const deliveries = commits.map(({ delivery }) => delivery);
      return write('commit', deliveries, () => store.commit(commits, effects));
    },
    countAttempt: (mine, attempt, over) =>
      write('count', [mine], () => store.countAttempt(mine, attempt, over)),
  };
}

/** The same for a store that cannot commit effects. */
export function alongRecords({ write, call }: Way, store: RecordStore): RecordStore {
  const { recordHistory } = store;
  return {
    claim: (mine, terms) => write('claim', [mine], () => store.claim(mine, terms), terms.resendToken),
    complete: (mine, result) => write('complete', [mine], () => store.complete(mine, result)),
    release: (mine, lastError, failed) =>
      write('release', [mine], () => store.release(mine, lastError, failed)),
    holdUnknown: (mine, seen, body, lastError) =>
      write('hold', [mine], () => store.holdUnknown(mine, seen, body, lastError)),
    quarantine: (mine, reason, over) =>
      write('quarantine', [mine], () => store.quarantine(mine, reason, over)),
    resolveDone: (id, attempt, times) =>
      call('resolve', [id], ` of ${attempt}`, () => store.resolveDone(id, attempt, times)),
    skip: (id, messageId) => call('skip', [id], ` of ${messageId}`, () => store.skip(id, messageId)),
    block: (id, messageId) => call('block', [id], ` by ${messageId}`, () => store.block(id, messageId)),
    find: (id) => call('find', [id], '', () => store.find(id)),
    ...(store.unlist && {
      unlist: (consumer, messageId, now) =>
        call('unlist', [letterKey(consumer, messageId)], '', async () =>
          store.unlist?.(consumer, messageId, now),
        ),
    }),
    ...(recordHistory && {
      recordHistory: (history) =>
        call('history', [historyKey(history.consumer)], '', async () => await recordHistory(history)),
    }),
    ...(store.list && {
      list: (message) =>
        call('list', [letterKey(message.consumer, message.messageId)], ` as ${message.state}`, async () =>
          store.list?.(message),
        ),
    }),
  };
}

/**
 * The memory store. A call with a fault gets an answer that the port defines. Only the store itself changes records.
 */
export function memoryRunStore(store: MemoryStore): RunStore {
  return {
    records: store.records,
    tables: store.tables,
    over: (process, wrote) => along(wayToMemory(process, store, wrote), store),
  };
}

function wayToMemory(process: VirtualProcess, store: MemoryStore, wrote: RecordWatch): Way {
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
    };
    const isPlain = name === 'find' || name === 'history';
    const asked = (isPlain ? { lost: refused, refused } : spoiled) as unknown as Spoiled<Answer>;
    return process.call(`${name} ${keys.join(' + ')}${detail}`, effect, asked, {
      keys,
      harmless: harmless[name],
    });
  }
  return {
    call,
    write: (name, deliveries, effect, resendToken) => {
      const ids = deliveries.map(({ id }) => id);
      return call(name, ids, ` by ${attemptsOf(deliveries)}`, () => {
        const before = ids.map((id) => store.records.get(id));
        // The store decides and writes before it returns its promise.
        const answer = effect();
        for (const [index, mine] of deliveries.entries()) {
          const after = store.records.get(mine.id);
          if (before[index] !== after) wrote(name, mine, before[index], after, resendToken);
        }
        return answer;
      });
    },
  };
}

/** The owner tokens of deliveries, for labels. */
export function attemptsOf(deliveries: readonly Delivery[]): string {
  return deliveries.map(({ ownerToken: attempt }) => attempt).join(' + ');
}
