import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { ConsumerName } from '../actors/parts.ts';
import { orderOf, type Plan } from '../workloads/plan.ts';
import type { PlannedEvent, Trouble } from '../workloads/planned-event.ts';
import { Prng } from '../world/prng.ts';

interface Shape {
  readonly events: number;
  /** The trouble of the handler with the first event, and how often it occurs. */
  readonly trouble?: readonly [Trouble, times: number];
  /** Whether the first event is sent a second time, like after the broker's window. */
  readonly duplicate?: boolean;
  readonly conflict?: boolean;
}

/** Small enough that every crash, and every pair of crashes, can be tried. */
const shapes: Readonly<Record<string, Shape>> = {
  'one event': { events: 1 },
  'two events of a group, the first one twice': { events: 2, duplicate: true },
  'a conflict': { events: 1, conflict: true },
  'a handler that fails twice': { events: 2, trouble: ['fails', 2] },
  'poison that is redriven': { events: 2, trouble: ['refuses', 1] },
  'a message that ends its process once': { events: 2, trouble: ['kills', 1] },
};

export interface SmallScenario {
  readonly name: string;
  readonly consumer: ConsumerName;
  readonly plan: Plan;
}

export function smallScenarios(consumers: readonly ConsumerName[]): SmallScenario[] {
  return consumers.flatMap((consumer) =>
    Object.entries(shapes).map(([name, shape]) => ({ name, consumer, plan: planOf(consumer, shape) })),
  );
}

function planOf(consumer: ConsumerName, { events, trouble, duplicate, conflict }: Shape): Plan {
  const random = new Prng(1, 'small');
  const planned = Array.from({ length: events }, (_, index): PlannedEvent => {
    const ordered = orderOf(index, 'account-1', index + 1, random);
    // Each event is mailed, charged and added to the ledger.
    const event = { ...ordered, type: 'order.placed' as const, data: { ...ordered.data, total: 5 + index } };
    const again = { group: 'account-1', at: 1000 };
    const isFirst = index === 0;
    return {
      index,
      event,
      gap: 0,
      troubles: new Map(isFirst && trouble ? [[consumer, { trouble: trouble[0], times: trouble[1] }]] : []),
      extras: [
        ...(isFirst && duplicate
          ? [
              {
                ...again,
                kind: 'duplicate under another id' as const,
                body: canonicalJson(event),
                deduplicationId: 'another',
              },
            ]
          : []),
        ...(isFirst && conflict
          ? [
              {
                ...again,
                kind: 'conflict' as const,
                body: canonicalJson({ ...event, data: { ...event.data, total: 99 } }),
              },
            ]
          : []),
      ],
    };
  });
  const hour = 3_600_000;
  return {
    consumers: [consumer],
    events: planned,
    faults: { rates: {} },
    timeout: 6000,
    concurrency: 2,
    providerMemory: 24 * hour,
    duration: hour,
    store: 'memory',
    onPoison: 'quarantine',
    neglect: 6 * hour,
    deployments: [],
  };
}
