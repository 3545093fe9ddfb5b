import { ServiceError } from './errors.ts';
import type { MemoryDynamoDb } from './memory-dynamodb.ts';

/** AWS JSON 1.0, the protocol of DynamoDB's clients. */
export const contentType = 'application/x-amz-json-1.0';

export interface WireAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/**
 * @param target Header `x-amz-target`: `DynamoDB_20120810.PutItem`.
 * @throws NotEvaluatedError for what the evaluator does not know.
 */
export function answerTo(dynamoDb: MemoryDynamoDb, target: string, body: string): WireAnswer {
  const operation = target.slice(target.indexOf('.') + 1);
  try {
    return { statusCode: 200, body: JSON.stringify(dynamoDb.execute(operation, JSON.parse(body))) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { name, message, members } = error;
    const type = `com.amazonaws.dynamodb.v20120810#${name}`;
    return { statusCode: 400, body: JSON.stringify({ __type: type, message, Message: message, ...members }) };
  }
}
