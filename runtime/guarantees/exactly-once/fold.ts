import type { CloudEvent } from '../../../contract/event/event-parser.ts';
import type { Refusal } from '../../ports/record-store.ts';
import { mostItems } from '../../stores/transaction.ts';
import type { BoundEffectHandler, Task, Tools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from '../record/delivery-attempt.ts';
import { retryContended } from '../record/retry.ts';
import { ask, type EventWithEffects } from './collect-effects.ts';
import { appliedWith, commitLive, LiveEffects } from './commit.ts';
import { MergedWrites } from './merge-effects.ts';

/** A transaction accepts 4 MB (AWS: "TransactWriteItems"). The limit is lower, because sizes are estimates. */
const mostBytes = 3 * 1024 * 1024;

/**
 * Maximum time for retries of a fold if the store is busy, in ms, because one hot item must not delay the events before
 * it. With the backoff of `retry.ts` this allows six tries.
 */
const busyTimeMs = 1000;

/** Estimated bytes of a record. Key and names may be long, and both contain the event's id. */
const recordBytes = 4 * 1024;

interface Fold {
  readonly members: readonly EventWithEffects[];
  readonly writes: MergedWrites;
}

/**
 * Whether a verdict needs no further step, so that the next events can continue. Any other verdict may stop the group.
 */
function passes(verdict: Verdict): boolean {
  // A body that is too large for a record may have to be copied first.
  if (verdict.outcome === 'unknown') return verdict.keptWith === undefined;
  return passing.has(verdict.outcome);
}

const passing: ReadonlySet<Verdict['outcome']> = new Set(['applied', 'duplicate', 'quarantined']);

/**
 * Commits consecutive deliveries of one group in one transaction: their records, and their merged effects. A problem
 * with one delivery cancels the whole transaction. Settled deliveries and stale effects are left out, and the others
 * are committed again at once. Any other problem ends the fold before its event. Only an event that is committed alone
 * can be counted as failed.
 *
 * The result equals that of one commit after the other, with three exceptions. An effect that a newer one of the same
 * fold replaces is never listed as stale. DynamoDB never sees such an effect, so an index of the table cannot refuse
 * it. DynamoDB sees only the sum of two increments, which may fit 38 digits although one of them does not.
 *
 * @returns The verdicts of the first deliveries, in order; empty if the first one must be settled alone.
 * @throws StoreBusyError if the store stayed contended; the error of the store. In both cases the commit may have
 *   happened, and the `attempt` of each record shows it.
 */
export async function fold<Event extends CloudEvent>(
  tasks: readonly Task<Event>[],
  handle: BoundEffectHandler<Event>,
  tools: Tools,
): Promise<readonly Verdict[]> {
  const asked = await ask(tasks, handle, tools.clock);
  const first = merge(asked);
  if (first.members.length < 2) return [];
  const verdicts = new Map<EventWithEffects, Verdict>();
  let { members, writes } = first;
  while (members.length > 0) {
    const live = new LiveEffects(writes.list);
    const answer = await commitMembers(members, live, tools);
    if (answer.kind === 'committed') {
      for (const [event, member] of members.entries()) {
        verdicts.set(member, appliedWith(live.resultOf(event)));
      }
      break;
    }
    const left = answer.kind === 'exists' ? remaining(members, answer.found, verdicts, tools) : members;
    ({ members, writes } = merge(left.length < members.length ? left : halfOf(members)));
  }
  return inOrder(first.members.map((member) => verdicts.get(member)));
}

/** Returns the first events whose effects merge and fit into one transaction. */
function merge(wanted: readonly EventWithEffects[]): Fold {
  const members: EventWithEffects[] = [];
  let writes = new MergedWrites();
  for (const member of wanted) {
    const more = writes.with(member.effects);
    if (more === undefined || !fits(members.length + 1, more)) break;
    writes = more;
    members.push(member);
  }
  return { members, writes };
}

function fits(records: number, { size, bytes }: MergedWrites): boolean {
  return records + size <= mostItems && records * recordBytes + bytes <= mostBytes;
}

async function commitMembers(members: readonly EventWithEffects[], live: LiveEffects, tools: Tools) {
  const { store, clock, random } = tools;
  const deadlines = members.map(({ task }) => task.deadlineAt);
  const budget = { clock, random, deadlineAt: Math.min(clock.now() + busyTimeMs, ...deadlines) };
  const commits = () =>
    members.map((member, event) => ({
      delivery: attemptOf(member, tools).delivery(),
      result: live.resultOf(event),
    }));
  return await retryContended(() => commitLive(store, commits, live, budget), budget);
}

function attemptOf({ task }: EventWithEffects, tools: Tools): DeliveryAttempt {
  return new DeliveryAttempt(task, 'exactly-once', tools);
}

/** @returns The members to commit again: those that no record refused, up to the first one that may stop the group. */
function remaining(
  members: readonly EventWithEffects[],
  found: readonly (Refusal | undefined)[],
  verdicts: Map<EventWithEffects, Verdict>,
  tools: Tools,
): readonly EventWithEffects[] {
  const left: EventWithEffects[] = [];
  for (const [index, member] of members.entries()) {
    const refusal = found[index];
    if (refusal === undefined) {
      left.push(member);
      continue;
    }
    const verdict = verdictOf(refusal, member, tools);
    if (verdict !== undefined) verdicts.set(member, verdict);
    if (verdict === undefined || !passes(verdict)) break;
  }
  return left;
}

/** The verdict that the record alone decides, including a commit of this delivery whose answer was lost. */
function verdictOf(refusal: Refusal, member: EventWithEffects, tools: Tools): Verdict | undefined {
  const attempt = attemptOf(member, tools);
  const state = attempt.interpret(refusal, attempt.delivery(), { takeOver: true });
  if (state.kind === 'mine' && state.record.status === 'COMPLETED') {
    return appliedWith(state.record.result);
  }
  return state.kind === 'verdict' ? state.verdict : undefined;
}

/**
 * Returns the first half of the members, because the store does not always name the refused effects. A single member is
 * then settled alone.
 */
function halfOf(members: readonly EventWithEffects[]): readonly EventWithEffects[] {
  return members.slice(0, Math.floor(members.length / 2));
}

/** Returns the first verdicts, up to the first one that may stop the group. */
function inOrder(verdicts: readonly (Verdict | undefined)[]): readonly Verdict[] {
  const known: Verdict[] = [];
  for (const verdict of verdicts) {
    if (verdict === undefined) break;
    known.push(verdict);
    if (!passes(verdict)) break;
  }
  return known;
}
