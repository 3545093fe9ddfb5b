import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { eventKey, type SequenceRange } from './expectation.ts';
import type { Place } from './tables.ts';

export interface SequenceComparison {
  /** How many numbers no record has. */
  readonly gaps: number;
  /** How many records were completed after one of a higher number in their group. */
  readonly late: number;
  /** A line for each gap. One that the events themselves have is no fault of the run, and yet worth a look. */
  readonly gapLines: readonly string[];
}

/**
 * Tells what is missing in a group apart from what came late: of the first there is no record, of the second there is
 * one, completed after a record of a higher number.
 *
 * @param groups What each group's numbers run between.
 * @param places What records have of them, by group.
 */
export function compareSequences(
  groups: ReadonlyMap<string, SequenceRange>,
  places: ReadonlyMap<string, readonly Place[]>,
): SequenceComparison {
  let gaps = 0n;
  let late = 0;
  const gapLines: string[] = [];
  for (const [group, range] of groups) {
    const sorted = [...(places.get(group) ?? [])].sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
    for (const [from, to] of holes(sorted, range)) {
      gaps += to - from + 1n;
      gapLines.push(`group ${group}: no record of sequence ${from === to ? from : `${from} to ${to}`}`);
    }
    late += countLate(sorted);
  }
  return { gaps: Number(gaps), late, gapLines };
}

/**
 * How many events were sent after one of a higher number in their group: no more may be completed so, since a group keeps
 * its order.
 *
 * @param late The lines of what was held back until everything else was sent.
 */
export async function lateAsSent(
  events: AsyncIterable<{ readonly event: OrderEvent; readonly line: number }>,
  late: ReadonlySet<number>,
): Promise<number> {
  const seen = new Set<string>();
  const heldBack: Pick<OrderEvent, 'partitionkey' | 'sequence'>[] = [];
  const highest = new Map<string, bigint>();
  let count = 0;
  const send = ({ partitionkey, sequence }: Pick<OrderEvent, 'partitionkey' | 'sequence'>) => {
    const number = BigInt(sequence);
    const before = highest.get(partitionkey) ?? number;
    if (number < before) count += 1;
    highest.set(partitionkey, number > before ? number : before);
  };
  for await (const { event, line } of events) {
    const key = eventKey(event.source, event.id);
    if (seen.has(key)) continue;
    seen.add(key);
    const { partitionkey, sequence } = event;
    if (late.has(line)) heldBack.push({ partitionkey, sequence });
    else send(event);
  }
  for (const event of heldBack) send(event);
  return count;
}

function* holes(sorted: readonly Place[], { first, last }: SequenceRange): Generator<[bigint, bigint]> {
  let next = first;
  for (const { sequence } of sorted) {
    if (sequence > next) yield [next, sequence - 1n];
    if (sequence >= next) next = sequence + 1n;
  }
  if (next <= last) yield [next, last];
}

/** From the highest number down: late is what was completed after any of a higher number. */
function countLate(sorted: readonly Place[]): number {
  let late = 0;
  let earliest = Number.POSITIVE_INFINITY;
  for (const { completedAt } of [...sorted].reverse()) {
    if (completedAt > earliest) late += 1;
    earliest = Math.min(earliest, completedAt);
  }
  return late;
}
