export type { OnPoison } from '../contract/policies/poison-policy.ts';
export { DataTable, type DataTableProps } from './data-table.ts';
export { EventTopic } from './event-topic.ts';
export { type EffectKind, IdempotentConsumer } from './idempotent-consumer.ts';
export type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';
export { RecordTable, type RecordTableProps } from './record-table.ts';
