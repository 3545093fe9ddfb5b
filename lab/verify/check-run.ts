import type { ConsumerCounts } from '../observe/counts.ts';
import type { DeadLetter } from '../observe/queue.ts';
import type { Consumer } from '../target/consumers.ts';
import type { Plan } from '../workload/plan.ts';
import { poison } from '../workload/poison.ts';
import type { Expectation } from './expectation.ts';

/** What a run showed of one consumer, beside the tables. */
export interface Evidence {
  readonly consumer: Consumer;
  /** Messages that the topic accepted. */
  readonly sent: number;
  readonly counts: ConsumerCounts;
  /** How many messages the dead-letter queue holds. */
  readonly deadLetters: number;
  /** Those of them that could be looked at. */
  readonly letters: readonly DeadLetter[];
  /** How many events it left as unknown. */
  readonly unknown: number;
  /** How many events it must refuse by itself; each copy of such an event is refused anew. @default 0 */
  readonly refused?: number;
  /** Whether everything was sent inside the broker's deduplication window. */
  readonly insideWindow: boolean;
}

/** How many messages must be in the dead-letter queue with which reason. */
function reasonsPlanned(poisons: number, conflicts: number): Map<string, number> {
  const codes = new Map([['CONFLICT', conflicts]]);
  for (let n = 0; n < poisons; n++) {
    const { code } = poison(n);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return codes;
}

/** Holds what a function logged and what its dead-letter queue holds against what was sent; a line per problem. */
export function checkRun(expected: Expectation, { counts: planned }: Plan, evidence: Evidence): string[] {
  const { consumer, sent, counts, deadLetters, letters, unknown, refused = 0, insideWindow } = evidence;
  const problems: string[] = [];
  const must = (what: string, is: number, should: number) => {
    if (is !== should) problems.push(`${what}: ${is}, expected ${should}`);
  };
  const conflicts = planned.conflict + expected.conflicting;
  const removed = sent - counts.delivered;
  // Only an event that must be refused makes more poison than was planned: once, and once for each copy of it.
  const refusals = refused === 0 ? 0 : Math.max(refused, counts.poison - planned.poison);
  const again = planned.duplicate + planned['late duplicate'] + expected.repeated;

  must('events applied, by the log', counts.applied, expected.events.size - unknown - refused);
  // An unknown event's duplicates are told that it is unknown.
  const found = counts.duplicates + counts.unknown - unknown + refusals - refused;
  must('messages removed by the broker or found to be duplicates', removed + found, again);
  must('conflicts', counts.conflicts, conflicts);
  must('poison', counts.poison, planned.poison + refusals);
  must('messages in the dead-letter queue', deadLetters, planned.poison + conflicts + refusals);
  if (removed > planned.duplicate + expected.repeated) {
    problems.push(
      `${removed} messages did not arrive; the broker had reason to remove ${again - planned['late duplicate']}`,
    );
  }
  if (insideWindow && removed < planned.duplicate) {
    problems.push(
      `the topic removed ${removed} of ${planned.duplicate} duplicates sent inside its window: ` +
        'is its content-based deduplication on?',
    );
  }
  const codes = reasonsPlanned(planned.poison, conflicts).set('PERMANENT', refusals);
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
