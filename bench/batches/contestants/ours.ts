import type { Context } from 'aws-lambda';
import { handler } from '../../../lambda/fulfilment.ts';
import { remaining } from '../../../test/support/sqs.ts';
import type { Contestant } from './contestant.ts';

/** The deployed function. */
export const ours: Contestant = async (batch) => async () =>
  (await handler(batch, remaining() as Context)).batchItemFailures.length;
