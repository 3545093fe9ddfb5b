import type { CloudEvent } from '../../contract/event.ts';
import type { Effect } from '../effects.ts';
import { NoEffectsError, PermanentError, StoreBusyError } from '../errors.ts';
import type { EffectStore } from '../stores/record-store.ts';
import { countAttempt, isOwnFailure } from './count-attempt.ts';
import type { Guarantee, Task, Tools, Verdict } from './guarantee.ts';
import { judge } from './judge.ts';
import { Lease } from './lease.ts';
import { recordQuarantine } from './quarantine.ts';
import { needsReopening, reopen } from './reopen.ts';
import { pause } from './retry.ts';
import { appliedWith, LiveEffects } from './stale.ts';

export interface ExactlyOnceOptions {
  /** One that commits effects. @default - the record table of the function's environment */
  readonly store?: EffectStore;
}

/**
 * The effect happens exactly once: the handler returns it as data, and it is committed with the event's record in one
 * transaction. A handler that refuses its event: `Refuse` in spec/OrderOnce.tla.
 */
export function exactlyOnce({ store }: ExactlyOnceOptions = {}): Guarantee<'effects'> {
  return {
    name: 'exactly-once',
    kind: 'effects',
    settle: async (task, handle, tools) => {
      const wired = { ...tools, store: store ?? tools.store };
      let effects: readonly Effect[];
      try {
        effects = await handle(task.event);
        if (!Array.isArray(effects)) throw new NoEffectsError(effects);
      } catch (error) {
        if (!isOwnFailure(error)) throw error;
        return await countAttempt(task, error, wired);
      }
      return await commit(task, effects, wired);
    },
    quarantine: (task, reason, tools) =>
      recordQuarantine(task, 'exactly-once', reason, { ...tools, store: store ?? tools.store }),
  };
}

/**
 * One round trip for a first delivery and one for a duplicate; one more where effects are stale, since their conditions
 * cancel the whole transaction: it is committed again without them. Without a commit nothing is applied, so a crash at
 * any point leaves either everything or nothing. `Commit`, `CommitOverExpired` in spec/OrderOnce.tla.
 *
 * @throws StoreBusyError where the store stayed contended until the deadline; PermanentError where it refuses the
 *   effects; whatever the store throws, and then the commit may have happened.
 */
async function commit(task: Task<CloudEvent>, effects: readonly Effect[], tools: Tools): Promise<Verdict> {
  const { store, clock, random } = tools;
  const budget = { clock, random, deadline: task.deadline };
  const lease = new Lease(task, 'exactly-once', tools);
  const terms = { takeOver: true, carriedAttempt: task.carriedAttempt };
  const live = new LiveEffects(effects);
  let over: number | undefined;
  for (let tries = 0; ; tries++) {
    const mine = lease.delivery();
    const answer = await store.commit(mine, live.list, over, live.result);
    if (answer.kind === 'committed') return appliedWith(live.result);
    if (answer.kind === 'stale') {
      // At once, and as often as there are effects: each of these answers leaves fewer.
      live.leaveOut(answer.effects);
      if (clock.now() > task.deadline) throw new StoreBusyError('its items kept getting newer');
      continue;
    }
    if (answer.kind === 'refused') throw new PermanentError(answer.reason, { cause: answer.cause });
    if (answer.kind === 'contended') {
      await pause(tries, answer.cause, budget);
      continue;
    }
    const finding = judge(answer, mine, terms);
    if (finding.kind === 'verdict') return finding.verdict;
    if (finding.kind === 'mine' && finding.record.status === 'COMPLETED') {
      // The record knows: it may be of an earlier try, which found less to be stale.
      return appliedWith(finding.record.result);
    }
    if (finding.kind === 'unclear') {
      const { stands } = await lease.hold(finding.record, finding.reason);
      if (stands) return { outcome: 'unknown', reason: finding.reason };
    }
    over = finding.kind === 'again' ? finding.over : undefined;
    if (finding.kind !== 'unclear' && over === undefined && needsReopening(finding.record)) {
      await reopen(lease, terms);
    }
    // An expired record is replaced at once; whoever meets another surprise after that gives way.
    if (tries > 0) await pause(tries, 'the record kept changing', budget);
  }
}
