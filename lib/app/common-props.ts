import type { IdempotentConsumerProps } from '../idempotent-consumer-props.ts';

/** The options that all consumers of the application share. */
export type CommonProps = Omit<
  IdempotentConsumerProps,
  'consumerName' | 'entry' | 'environment' | 'guarantee' | 'tables'
>;
