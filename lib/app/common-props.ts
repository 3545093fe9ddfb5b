import type { IdempotentConsumerProps } from '../idempotent-consumer-props.ts';

/** What all consumers of the application have in common. */
export type CommonProps = Omit<IdempotentConsumerProps, 'consumerName' | 'entry' | 'environment' | 'tables'>;
