import type { CloudEvent } from '../../contract/event.ts';
import type { Effect } from '../effects.ts';
import { StoreBusyError } from '../errors.ts';
import type { CommitAnswer, EffectStore, Refusal } from '../stores/record-store.ts';
import type { EffectHandler, Task, Tools, Verdict } from './guarantee.ts';
import { judge } from './judge.ts';
import { Lease } from './lease.ts';
import { MergedWrites } from './merge.ts';
import { untilAnswered } from './retry.ts';
import { appliedWith, LiveEffects } from './stale.ts';

/** What one transaction takes, its records included (AWS: "TransactWriteItems"); sizes are estimates. */
const limits = { items: 100, bytes: 3 * 1024 * 1024 };

/**
 * For how long handlers, and the store for the keys of its tables, are asked for one fold, in ms: what only computes needs
 * less, and a fold saves no more than a few round trips. What is slow, or hangs, must not keep those before it from being
 * committed.
 */
const patience = 20;

/** About what a record takes, in bytes: its key and names may be long, and its event's id is part of both. */
const recordBytes = 4 * 1024;

/** A delivery whose effects are known. */
interface Member {
  readonly task: Task<CloudEvent>;
  readonly lease: Lease;
  readonly effects: readonly Effect[];
}

/** What is settled without another step, so that those after it may go on; whatever else it is may stop their group. */
const passing: ReadonlySet<Verdict['outcome']> = new Set(['applied', 'duplicate', 'quarantined', 'unknown']);

interface Merged {
  readonly members: readonly Member[];
  readonly writes: MergedWrites;
}

/**
 * Commits consecutive deliveries of one group in one transaction: their records, and their effects merged. Whatever is
 * wrong with one of them cancels all, so that one falls out and the others are committed again: what was settled before,
 * and stale effects, at once, however many they are; anything else ends the fold at its event, and nobody is blamed but who stands alone.
 *
 * The result is that of committing them one after the other, but for one thing: an effect that a newer one of the same
 * fold replaces is not listed as stale, whatever was there before. `Commit` in spec/OrderOnce.tla, of several records in
 * one step.
 *
 * @returns The verdicts of the first deliveries, in order: none where the first one has to stand alone.
 * @throws StoreBusyError where the store stayed contended until the deadline; whatever the store throws. Then the commit
 *   may have happened, and each record tells by its `attempt`.
 */
export async function fold<Event extends CloudEvent>(
  tasks: readonly Task<Event>[],
  handle: EffectHandler<Event>,
  tools: Tools,
): Promise<readonly Verdict[]> {
  const { store } = tools;
  const gathered = await gather(tasks, handle, tools);
  if (gathered.members.length < 2) return [];
  const verdicts = new Map<Member, Verdict>();
  let { members, writes } = gathered;
  while (members.length > 0) {
    const live = new LiveEffects(writes.list);
    const answer = await commitAll(members, live, store);
    if (answer.kind === 'committed') {
      for (const [event, member] of members.entries())
        verdicts.set(member, appliedWith(live.resultOf(event)));
      break;
    }
    const left = answer.kind === 'exists' ? remaining(members, answer.found, verdicts) : halfOf(members);
    ({ members, writes } = await merge(left, store));
  }
  return inOrder(gathered.members.map((member) => verdicts.get(member)));
}

/** The first of them, up to one that may stop the group. */
function inOrder(verdicts: readonly (Verdict | undefined)[]): readonly Verdict[] {
  const known: Verdict[] = [];
  for (const verdict of verdicts) {
    if (verdict === undefined) break;
    known.push(verdict);
    if (!passing.has(verdict.outcome)) break;
  }
  return known;
}

/** The first tasks whose effects merge; handlers run in order, up to the first one that fails or takes its time. */
async function gather<Event extends CloudEvent>(
  tasks: readonly Task<Event>[],
  handle: EffectHandler<Event>,
  tools: Tools,
): Promise<Merged> {
  const { store, clock } = tools;
  const members: Member[] = [];
  let writes = new MergedWrites();
  const ids = new Set<string>();
  const gathered = new AbortController();
  const late = clock.sleep(patience, gathered.signal).then(() => undefined);
  for (const task of tasks) {
    const { identity, carriedAttempt } = task;
    // What an operator sent takes more than a commit, and a record takes one write of a transaction.
    if (carriedAttempt !== undefined || ids.has(identity.id)) break;
    const effects = await Promise.race([effectsOf(task.event, handle), late]);
    if (effects === undefined) break;
    const more = await Promise.race([writes.with(effects, (table) => store.keysOf(table)), late]);
    ids.add(identity.id);
    if (more === undefined || !fits(ids.size, more)) break;
    writes = more;
    members.push({ task, effects, lease: new Lease(task, 'exactly-once', tools) });
  }
  gathered.abort();
  return { members, writes };
}

function fits(records: number, { size, bytes }: MergedWrites): boolean {
  return records + size <= limits.items && records * recordBytes + bytes <= limits.bytes;
}

/** @returns `undefined` where the handler failed: what that means is told where its event stands alone. */
async function effectsOf<Event extends CloudEvent>(
  event: Event,
  handle: EffectHandler<Event>,
): Promise<readonly Effect[] | undefined> {
  try {
    const effects = await handle(event);
    return Array.isArray(effects) ? effects : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Those of them whose effects merge, from the first one. Without one of them what is left may merge no more: a sum that a
 * double holds has parts that it does not.
 */
async function merge(wanted: readonly Member[], store: EffectStore): Promise<Merged> {
  const members: Member[] = [];
  let writes = new MergedWrites();
  for (const member of wanted) {
    const more = await writes.with(member.effects, (table) => store.keysOf(table));
    if (more === undefined) break;
    writes = more;
    members.push(member);
  }
  return { members, writes };
}

type Settled = Exclude<CommitAnswer, { kind: 'contended' | 'stale' }>;

async function commitAll(
  members: readonly Member[],
  live: LiveEffects,
  store: EffectStore,
): Promise<Settled> {
  const deadline = Math.min(...members.map(({ task }) => task.deadline));
  const [first] = members as readonly [Member, ...Member[]];
  const budget = { ...first.lease.budget, deadline };
  for (;;) {
    const answer = await untilAnswered(() => {
      const commits = members.map(({ lease }, event) => ({
        delivery: lease.delivery(),
        result: live.resultOf(event),
      }));
      return store.commit(commits, live.list);
    }, budget);
    if (answer.kind !== 'stale') return answer;
    live.leaveOut(answer.effects);
    if (budget.clock.now() > deadline) throw new StoreBusyError('its items kept getting newer');
  }
}

/** @returns Who is committed again: whom no record speaks against, up to the first one that has to stand alone. */
function remaining(
  members: readonly Member[],
  found: readonly (Refusal | undefined)[],
  verdicts: Map<Member, Verdict>,
): readonly Member[] {
  const left: Member[] = [];
  for (const [index, member] of members.entries()) {
    const refusal = found[index];
    if (refusal === undefined) {
      left.push(member);
      continue;
    }
    const verdict = verdictOf(refusal, member);
    if (verdict !== undefined) verdicts.set(member, verdict);
    if (verdict === undefined || !passing.has(verdict.outcome)) break;
  }
  return left;
}

/** What the record alone decides, this very delivery's own commit included, whose answer was lost. */
function verdictOf(refusal: Refusal, { lease }: Member): Verdict | undefined {
  const finding = judge(refusal, lease.delivery(), { takeOver: true });
  if (finding.kind === 'mine' && finding.record.status === 'COMPLETED') {
    return appliedWith(finding.record.result);
  }
  return finding.kind === 'verdict' ? finding.verdict : undefined;
}

/** Which effect a store refused is not known of every refusal. Who is left alone here stands alone next. */
function halfOf(members: readonly Member[]): readonly Member[] {
  return members.slice(0, Math.floor(members.length / 2));
}
