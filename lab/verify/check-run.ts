import type { DeadLetter } from '../../local/queues/queue.ts';
import type { ConsumerCounts } from '../observe/counts.ts';
import type { Consumer } from '../target/consumers.ts';
import type { Plan } from '../workload/plan.ts';
import { poison } from '../workload/poison.ts';
import type { Expectation } from './expectation.ts';

/** Observations of one consumer, besides the tables. */
export interface Evidence {
  readonly consumer: Consumer;
  /** Messages that the topic accepted. */
  readonly sent: number;
  readonly counts: ConsumerCounts;
  /** Number of messages in the dead-letter queue. */
  readonly deadLetters: number;
  /** The dead letters that could be read. */
  readonly letters: readonly DeadLetter[];
  /** Number of events with an unknown outcome. */
  readonly unknown: number;
  /** Number of valid events that the consumer must refuse. Each copy of such an event is refused again. @default 0 */
  readonly refused?: number;
  /** Whether everything was sent inside the broker's deduplication window. */
  readonly insideWindow: boolean;
}

/** The expected number of dead letters by reason code. */
function reasonsPlanned({ extras }: Plan, conflicts: number): Map<string, number> {
  const codes = new Map([['CONFLICT', conflicts]]);
  for (const { kind, n } of [...extras.values()].flat()) {
    if (kind !== 'poison') continue;
    const { code } = poison(n);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return codes;
}

/** Compares a function's log and its dead-letter queue with the sent messages. Returns one line per problem. */
export function checkRun(expected: Expectation, plan: Plan, evidence: Evidence): string[] {
  const { consumer, sent, counts, deadLetters, letters, unknown, refused = 0, insideWindow } = evidence;
  const { counts: planned } = plan;
  const problems: string[] = [];
  const must = (what: string, is: number, should: number) => {
    if (is !== should) problems.push(`${what}: ${is}, expected ${should}`);
  };
  const conflicts = planned.conflict + expected.conflicting;
  const removed = sent - counts.delivered;
  // Only an event that must be refused adds unplanned poison: one for the event, and one for each copy.
  const refusals = refused === 0 ? 0 : Math.max(refused, counts.poison - planned.poison);
  const again = planned.duplicate + planned['late duplicate'] + expected.repeated;

  must('events applied, by the log', counts.applied, expected.events.size - unknown - refused);
  // Duplicates of an event with an unknown outcome also end as unknown.
  const found = counts.duplicates + counts.unknown - unknown + refusals - refused;
  must('messages removed by the broker or found to be duplicates', removed + found, again);
  must('conflicts', counts.conflicts, conflicts);
  must('poison', counts.poison, planned.poison + refusals);
  must('messages in the dead-letter queue', deadLetters, planned.poison + conflicts + refusals);
  if (removed > planned.duplicate + expected.repeated) {
    problems.push(
      `${removed} messages did not arrive; the broker should have removed ${again - planned['late duplicate']}`,
    );
  }
  if (insideWindow && removed < planned.duplicate) {
    problems.push(
      `the topic removed ${removed} of ${planned.duplicate} duplicates sent inside its window: ` +
        'is its content-based deduplication on?',
    );
  }
  const codes = reasonsPlanned(plan, conflicts).set('PERMANENT', refusals);
  for (const { reason, messageGroup } of letters) {
    const code = reason?.code ?? 'none';
    const left = codes.get(code) ?? 0;
    if (left <= 0) {
      const why = reason === undefined ? '' : ` (${reason.message})`;
      problems.push(`a message of group ${messageGroup} in the dead-letter queue with reason ${code}${why}`);
    }
    codes.set(code, left - 1);
  }
  return problems.map((problem) => `${consumer}: ${problem}`);
}
