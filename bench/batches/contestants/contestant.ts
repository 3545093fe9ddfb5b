import type { SQSEvent } from 'aws-lambda';

/** Gets ready for a batch; what it returns is measured, and tells how many of its messages have to come again. */
export type Contestant = (batch: SQSEvent) => Promise<() => Promise<number>>;
