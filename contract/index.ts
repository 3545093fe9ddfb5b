export {
  ConfigurationError,
  InvalidEventError,
  OrderOnceError,
} from './errors.ts';
export { canonicalJson } from './event/canonical-json.ts';
export {
  type CloudEvent,
  cloudEvent,
  type EventParser,
  eventParser,
  type ReceivedMessage,
} from './event/event-parser.ts';
export { fingerprint } from './event/fingerprint.ts';
export { idempotencyKey } from './event/identity.ts';
export type { DeadLetterReason } from './message-attributes.ts';
export {
  deadLetterReasonAttribute,
  firstPublishedAttribute,
  packedAttributesAttribute,
  resolvedAttemptAttribute,
} from './message-attributes.ts';
export { type OrderEvent, orderEvent, parseOrderEvent } from './orders/order-event.ts';
export { tombstoneAttribute } from './record/record-attributes.ts';
export type { DeliveryLog } from './reporting/delivery-log.ts';
export { deliveryLogMessage } from './reporting/delivery-log.ts';
export { hashMessageGroup } from './reporting/log-message-group.ts';
