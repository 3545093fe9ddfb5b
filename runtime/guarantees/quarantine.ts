import type { CloudEvent } from '../../contract/event.ts';
import type { GuaranteeName, RecordStore } from '../stores/record-store.ts';
import type { Task, Tools } from './guarantee.ts';
import { judge } from './judge.ts';
import { Lease } from './lease.ts';
import { pause, untilAnswered } from './retry.ts';

/**
 * Writes QUARANTINED into an event's record, for the message whose copy is in the dead-letter queue. A record that
 * takes no such write needs none: it says so already, or the event was applied or is worked on by another delivery.
 * `Quarantine`, `QuarantineRefused` in spec/OrderOnce.tla.
 *
 * @throws StoreBusyError where the store stayed contended until the deadline; whatever the store throws.
 */
export async function recordQuarantine(
  task: Task<CloudEvent>,
  guarantee: GuaranteeName,
  reason: string,
  tools: Omit<Tools, 'store'> & { readonly store: RecordStore },
): Promise<void> {
  const lease = new Lease(task, guarantee, tools);
  const budget = { ...tools, deadline: task.deadline };
  let over: number | undefined;
  for (let tries = 0; ; tries++) {
    let mine = lease.delivery();
    const answer = await untilAnswered(() => {
      mine = lease.delivery();
      return tools.store.quarantine(mine, reason, over);
    }, budget);
    if (answer.kind === 'quarantined') return;
    const finding = judge(answer, mine, { takeOver: false });
    if (finding.kind !== 'again') return;
    over = finding.over;
    // An expired record is replaced at once; whoever meets another surprise after that gives way.
    if (tries > 0) await pause(tries, 'the record kept changing', budget);
  }
}
