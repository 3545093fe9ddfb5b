import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { eventKey, type SequenceRange } from './expectation.ts';
import type { Place } from './tables.ts';

export interface SequenceComparison {
  /** Number of sequence numbers without a record. */
  readonly gaps: number;
  /** Number of records that were completed after a record of their group with a higher number. */
  readonly late: number;
  /** One line per gap. A gap of the input itself is listed too, although it is not an error of the run. */
  readonly gapLines: readonly string[];
}

/**
 * Finds missing and late events of groups. A missing event has no record. A late event has a record that was completed
 * after a record with a higher number.
 *
 * @param groups The lowest and the highest number of each group.
 * @param places The numbers of the records, by group.
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
 * Counts the events that were sent after an event of their group with a higher number. At most as many may be completed
 * late, because a group keeps its order.
 *
 * @param late The lines of the events that were sent after all others.
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

/** Counts from the highest number down. A record is late if any record with a higher number was completed earlier. */
function countLate(sorted: readonly Place[]): number {
  let late = 0;
  let earliest = Number.POSITIVE_INFINITY;
  for (const { completedAt } of [...sorted].reverse()) {
    if (completedAt > earliest) late += 1;
    earliest = Math.min(earliest, completedAt);
  }
  return late;
}
