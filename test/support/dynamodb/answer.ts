import { ServiceError } from './errors.ts';
import type { MemoryDynamoDb } from './memory-dynamodb.ts';

/** AWS JSON 1.0, the protocol of DynamoDB's clients. */
export const contentType = 'application/x-amz-json-1.0';

export interface WireAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** `DynamoDB_20120810.PutItem` is the header `x-amz-target` of a `PutItem`. */
export function operationOf(target: string): string {
  return target.slice(target.indexOf('.') + 1);
}

/** @throws NotEvaluatedError for what the evaluator does not know. */
export function answerTo(dynamoDb: MemoryDynamoDb, operation: string, body: string): WireAnswer {
  try {
    return { statusCode: 200, body: JSON.stringify(dynamoDb.execute(operation, JSON.parse(body))) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return failure(error.name, error.message, error.members);
  }
}

/** An error of DynamoDB's own. @param members What it says besides. */
export function failure(name: string, message: string, members: object = {}): WireAnswer {
  const type = `com.amazonaws.dynamodb.v20120810#${name}`;
  return { statusCode: 400, body: JSON.stringify({ __type: type, message, Message: message, ...members }) };
}
