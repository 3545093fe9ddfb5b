import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import {
  environmentNames,
  readEnvironment,
  readOptionalEnvironment,
  readWholeNumber,
} from '../contract/environment.ts';
import { maxEventSizes } from '../contract/event/event-size.ts';
import { anyJump, sequenceJump, shopVariables } from '../contract/orders/shop-variables.ts';
import { maxRecordTtlSeconds, minRecordTtlSeconds } from '../contract/policies/record-ttl.ts';
import { fitsTopic, publishEvent, snsTopic } from '../publisher/index.ts';
import { clientOptions } from '../runtime/aws/sdk-client-options.ts';
import { createIntake } from './intake/create-intake.ts';
import { lastAppliedIn, type SequenceBound } from './intake/sequence-bound.ts';
import { refusalOf } from './order/order-refusal.ts';
import { atFirstInvocation } from './start/at-first-invocation.ts';

/** Besides a short read, claim, publish and save are each tried twice for up to 4 s, so they end before the function's timeout of 28 s. */
const clientConfig = { ...clientOptions, maxAttempts: 2 };

/** `POST /orders`: an order becomes one event, however often its request arrives. */
export const handler = atFirstInvocation(() => {
  const client = new DynamoDBClient(clientConfig);
  const topicArn = readEnvironment(shopVariables.topicArn);
  const maxEventSize = readWholeNumber(shopVariables.maxEventSize, { unit: 'bytes', ...maxEventSizes });
  const topic = snsTopic(topicArn, new SNSClient(clientConfig), { maxEventSize });
  return createIntake({
    events: {
      maxEventSize,
      fits: (event) => fitsTopic({ event, firstPublished: Number.MAX_SAFE_INTEGER }, topic),
      publish: (event, firstPublished) => publishEvent(topic, { event, firstPublished }),
    },
    refusalOf,
    jwtAccountClaim: readOptionalEnvironment(shopVariables.jwtAccountClaim),
    table: readEnvironment(environmentNames.recordsTable),
    recordTtlSeconds: readWholeNumber(environmentNames.recordTtlSeconds, {
      unit: 'seconds',
      least: minRecordTtlSeconds,
      most: maxRecordTtlSeconds,
    }),
    client,
    sequenceBound: sequenceBoundOf(client),
  });
});

function sequenceBoundOf(client: DynamoDBClient): SequenceBound | undefined {
  if (readEnvironment(shopVariables.maxSequenceJump) === anyJump) return undefined;
  return {
    maxJump: readWholeNumber(shopVariables.maxSequenceJump, sequenceJump),
    lastApplied: lastAppliedIn(readEnvironment(shopVariables.customersTable), client),
  };
}
