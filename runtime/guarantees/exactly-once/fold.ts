import type { CloudEvent } from '../../../contract/event/event-parser.ts';
import type { Refusal } from '../../ports/record-store.ts';
import { mostItems } from '../../stores/transaction.ts';
import type { BoundEffectHandler, Task, Tools, Verdict } from '../guarantee.ts';
import { DeliveryAttempt } from '../record/delivery-attempt.ts';
import { retryContended } from '../record/retry.ts';
import { ask, type EventWithEffects } from './collect-effects.ts';
import { appliedWith, commitLive, LiveEffects } from './commit.ts';
import { MergedWrites } from './merge-effects.ts';

/** One transaction takes 4 MB (AWS: "TransactWriteItems"); sizes are estimates. */
const mostBytes = 3 * 1024 * 1024;

/**
 * For how long a fold is tried again that the store is too busy for, in ms: one hot item must not hold up those before
 * its event. With the backoff of `retry.ts` it is six tries.
 */
const busyTime = 1000;

/** About what a record takes, in bytes: its key and names may be long, and its event's id is part of both. */
const recordBytes = 4 * 1024;

interface Fold {
  readonly members: readonly EventWithEffects[];
  readonly writes: MergedWrites;
}

/** What is settled without another step, so that those after it may go on; whatever else it is may stop their group. */
function passes(verdict: Verdict): boolean {
  // A body that no record keeps may have to be copied first.
  if (verdict.outcome === 'unknown') return verdict.keptWith === undefined;
  return passing.has(verdict.outcome);
}

const passing: ReadonlySet<Verdict['outcome']> = new Set(['applied', 'duplicate', 'quarantined']);

/**
 * Commits consecutive deliveries of one group in one transaction: their records, and their effects merged. Whatever is
 * wrong with one of them cancels all, so that one falls out and the others are committed again: what was settled
 * before, and stale effects, at once, however many they are; anything else ends the fold at its event, and nobody is
 * blamed but who stands alone.
 *
 * The result is that of committing them one after the other, with three exceptions. An effect that a newer one of the
 * same fold replaces is not listed as stale, whatever was there before. DynamoDB never sees it either, so an index of the
 * table cannot refuse it. And DynamoDB sees the sum of two increments alone, which may fit its 38 digits where one of
 * them does not.
 *
 * @returns The verdicts of the first deliveries, in order: none where the first one has to stand alone.
 * @throws StoreBusyError where the store stayed contended; whatever the store throws. The commit may have happened then,
 *   and each record tells by its `attempt`.
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

/** Those of them that fit into one transaction and whose effects merge, from the first one on. */
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
  const deadlines = members.map(({ task }) => task.deadline);
  const budget = { clock, random, deadline: Math.min(clock.now() + busyTime, ...deadlines) };
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

/** @returns Who is committed again: whom no record speaks against, up to the first one that may stop the group. */
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

/** What the record alone decides, this very delivery's own commit included, whose answer was lost. */
function verdictOf(refusal: Refusal, member: EventWithEffects, tools: Tools): Verdict | undefined {
  const attempt = attemptOf(member, tools);
  const state = attempt.interpret(refusal, attempt.delivery(), { takeOver: true });
  if (state.kind === 'mine' && state.record.status === 'COMPLETED') {
    return appliedWith(state.record.result);
  }
  return state.kind === 'verdict' ? state.verdict : undefined;
}

/** Whom a store refuses is not always told. Who is left alone here stands alone next. */
function halfOf(members: readonly EventWithEffects[]): readonly EventWithEffects[] {
  return members.slice(0, Math.floor(members.length / 2));
}

/** The first of them, up to one that may stop the group. */
function inOrder(verdicts: readonly (Verdict | undefined)[]): readonly Verdict[] {
  const known: Verdict[] = [];
  for (const verdict of verdicts) {
    if (verdict === undefined) break;
    known.push(verdict);
    if (!passes(verdict)) break;
  }
  return known;
}
