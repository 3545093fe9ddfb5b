import type { InvalidEventCode } from '../../contract/errors.ts';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';

/** A number of 39 significant digits: one more than DynamoDB keeps. */
const tooPrecise = `1${'0'.repeat(37)}.5`;

interface Kind {
  /** The code that a consumer must report. */
  readonly code: InvalidEventCode;
  /** Whether a broker that reads numbers and writes them again would make the event valid. */
  readonly dependsOnDigits?: true;
  readonly spoil: (event: OrderEvent) => string;
}

/** The kinds of invalid events. */
const kinds: readonly Kind[] = [
  { code: 'INVALID_JSON', spoil: (event) => canonicalJson(event).slice(0, -1) },
  { code: 'INVALID_EVENT', spoil: (event) => canonicalJson([event]) },
  { code: 'INVALID_EVENT', spoil: ({ id: _, ...event }) => canonicalJson(event) },
  { code: 'INVALID_EVENT', spoil: ({ source: _, ...event }) => canonicalJson(event) },
  { code: 'INVALID_EVENT', spoil: (event) => canonicalJson({ ...event, type: 'order.misplaced' }) },
  {
    code: 'INEXACT_NUMBER',
    dependsOnDigits: true,
    spoil: (event) =>
      canonicalJson({ ...event, data: { ...event.data, total: 'TOTAL' } }).replace('"TOTAL"', tooPrecise),
  },
  {
    code: 'SNS_ENVELOPE',
    spoil: (event) =>
      canonicalJson({ Type: 'Notification', TopicArn: 'arn:aws:sns:x', Message: canonicalJson(event) }),
  },
];

/** The n-th poison. The kinds are used in turn. */
export function poison(n: number): Kind {
  return kinds[n % kinds.length] as Kind;
}
