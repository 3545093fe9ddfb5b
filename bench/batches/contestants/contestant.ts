import type { SQSEvent } from 'aws-lambda';

/** Prepares a batch. The returned function is measured, and returns the number of failed messages. */
export type Contestant = (batch: SQSEvent) => Promise<() => Promise<number>>;
