import type { RecordStore } from '../../runtime/ports/record-store.ts';

/** A store whose steps reject at their first call, after they have happened, because the answer is lost. */
export function losingAnswers<Store extends RecordStore>(store: Store): Store {
  const lost = new Set<string>(['find']);
  return new Proxy(store, {
    get(target, name: string & keyof Store) {
      const step = target[name];
      if (typeof step !== 'function' || lost.has(name)) return step;
      return async (...parameters: unknown[]) => {
        await step.apply(target, parameters);
        lost.add(name);
        throw new Error('the answer was lost');
      };
    },
  });
}
