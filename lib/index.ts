export type { OnPoison } from '../contract/policies/poison-policy.ts';
export type { MetricName } from '../contract/reporting/metrics.ts';
export { DataTable, type DataTableProps } from './data-table.ts';
export type { EffectKind, EffectTable } from './effect-tables.ts';
export { EventTopic, type EventTopicProps } from './event-topic.ts';
export { IdempotentConsumer } from './idempotent-consumer.ts';
export type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';
export { RecordTable, type RecordTableProps } from './record-table.ts';
export { MeasuredConsumer } from './watching/consumer-metrics.ts';
