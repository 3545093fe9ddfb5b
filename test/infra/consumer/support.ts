import type { Stack } from 'aws-cdk-lib';
import {
  EventTopic,
  IdempotentConsumer,
  type IdempotentConsumerProps,
  RecordTable,
} from '../../../lib/index.ts';
import { anyEntry } from '../support.ts';

/** A consumer `Bookings` with whatever options, and a topic and records unless they are given. */
export function bookings(stack: Stack, props: Partial<IdempotentConsumerProps> = {}): IdempotentConsumer {
  return new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic: props.topic ?? new EventTopic(stack, 'Events'),
    records: props.records ?? new RecordTable(stack, 'Records'),
    entry: anyEntry,
    ...props,
  });
}
