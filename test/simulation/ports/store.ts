import type { Delivery, EffectStore } from '../../../runtime/stores/record-store.ts';
import type { Spoiled, VirtualProcess } from '../world/virtual-process.ts';

/**
 * The store as a process reaches it, over a network. What befalls a call is made of the answers that the port has for
 * it; what a record becomes only the store itself decides.
 */
export function storeOver(process: VirtualProcess, store: EffectStore): EffectStore {
  const refused = (): never => {
    throw new Error('AccessDeniedException');
  };
  const contended = (cause: string) => () => ({ kind: 'contended' as const, cause: new Error(cause) });
  function call<Answer>(name: string, key: string, detail: string, effect: () => Promise<Answer>): Promise<Answer> {
    const spoiled = {
      lost: contended('no answer'),
      throttled: contended('throttled'),
      ...(name === 'commit' && { conflicting: contended('TransactionConflict') }),
      refused,
    } as unknown as Spoiled<Answer>;
    return process.call(`${name} ${key}${detail}`, effect, spoiled, key);
  }
  const of = ({ attempt }: Delivery) => ` by ${attempt}`;
  return {
    claim: (delivery, terms) => call('claim', delivery.id, of(delivery), () => store.claim(delivery, terms)),
    complete: (delivery, result) =>
      call('complete', delivery.id, of(delivery), () => store.complete(delivery, result)),
    release: (delivery, lastError, failed) =>
      call('release', delivery.id, of(delivery), () => store.release(delivery, lastError, failed)),
    holdUnknown: (delivery, seen, body, lastError) =>
      call('hold', delivery.id, of(delivery), () => store.holdUnknown(delivery, seen, body, lastError)),
    quarantine: (delivery, lastError, over) =>
      call('quarantine', delivery.id, of(delivery), () => store.quarantine(delivery, lastError, over)),
    commit: (delivery, effects, over, result) =>
      call('commit', delivery.id, of(delivery), () => store.commit(delivery, effects, over, result)),
    countAttempt: (delivery, lastError, over) =>
      call('count', delivery.id, of(delivery), () => store.countAttempt(delivery, lastError, over)),
    resolveDone: (id, attempt, times) =>
      call('resolve', id, ` of ${attempt}`, () => store.resolveDone(id, attempt, times)),
    find: (id) => process.call(`find ${id}`, () => store.find(id), { lost: refused, refused }, id),
  };
}
