import type { RecordStore } from '../stores/record-store.ts';
import { settleExternal } from './external.ts';
import type { Guarantee } from './guarantee.ts';
import { recordQuarantine } from './quarantine.ts';

export interface AtMostOnceOptions {
  /** @default - the record table of the function's environment */
  readonly store?: RecordStore;
}

/**
 * The effect happens at most once: what may have happened is never tried again. It is recorded as OUTCOME_UNKNOWN, with
 * the event's body, until an operator resolves it. A handler that knows that nothing happened throws `NotDone`.
 */
export function atMostOnce({ store }: AtMostOnceOptions = {}): Guarantee<'external'> {
  const policy = { name: 'at-most-once', unclear: 'hold' } as const;
  return {
    name: policy.name,
    kind: 'external',
    settle: (task, handle, tools) =>
      settleExternal(task, handle, policy, { ...tools, store: store ?? tools.store }),
    quarantine: (task, reason, tools) =>
      recordQuarantine(task, policy.name, reason, { ...tools, store: store ?? tools.store }),
  };
}
