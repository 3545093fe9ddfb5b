export { canonicalJson } from './canonical-json.ts';
export type { DeliveryLog } from './delivery-log.ts';
export { deliveryLogMessage } from './delivery-log.ts';
export {
  ConfigurationError,
  InvalidEventError,
  OrderOnceError,
} from './errors.ts';
export {
  type CloudEvent,
  cloudEvent,
  type EventParser,
  eventParser,
} from './event.ts';
export { fingerprint } from './fingerprint.ts';
export { idempotencyKey } from './identity.ts';
export type { DeadLetterReason } from './message-attributes.ts';
export {
  deadLetterReasonAttribute,
  firstPublishedAttribute,
  resolvedAttemptAttribute,
} from './message-attributes.ts';
export { type OrderEvent, orderEvent, parseOrderEvent } from './order-event.ts';
export { tombstoneAttribute } from './tables.ts';
