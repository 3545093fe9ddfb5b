import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The clauses of the DynamoDB store's conditions. Without any one of them, some case must fail. */
export const clauses = [
  'attribute_not_exists(#id)',
  'attribute_exists(#id)',
  '#expiration > :nowSeconds',
  'attribute_not_exists(#expiration)',
  '#validation IN (:fingerprint, :earlier)',
  '#guarantee = :guarantee',
  '#status = :retrying',
  '#status = :quarantined',
  '#messageId <> :messageId',
  '#status = :inProgress',
  '#inProgressExpiration <= :now',
  '#firstAttemptAt > :firstAttemptAfter',
  '#status = :outcomeUnknown',
  '#attempt = :resendToken',
  '#attempt = :attempt',
  '#attempt <> :attempt',
  'attribute_not_exists(#attemptState)',
  '#attemptState = :started',
  '#status IN (:inProgress, :outcomeUnknown)',
  '#status IN (:inProgress, :retrying)',
  '#status IN (:inProgress, :retrying, :quarantined)',
  '#status = :seenStatus',
  '#attempt = :seenAttempt',
  'attribute_not_exists(#attempt)',
  '#blocked = :messageId',
  'attribute_not_exists(#format)',
  '#format <= :knownFormat',
  '#expiration = :expectedExpiration',
  '#expiration <= :nowSeconds',
  'NOT attribute_type(#version, :number)',
  '#version < :version',
] as const;

interface Conditional {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
}

/**
 * Replaces one clause in every condition of the client's requests by a clause that is always true.
 * @returns A function that returns the number of replaced clauses.
 */
export function withoutClause(client: DynamoDBClient, clause: string): () => number {
  let times = 0;
  const pattern = new RegExp(`${clause.replace(/[()]/g, '\\$&')}(?!\\w)`, 'g');
  const weakened = <T extends Conditional>(write: T): T => {
    const { ConditionExpression: condition } = write;
    if (condition?.match(pattern) === null || condition === undefined) return write;
    times += 1;
    return {
      ...write,
      ConditionExpression: condition.replace(
        pattern,
        (found) => `(${found} OR attribute_exists(#any) OR attribute_not_exists(#any))`,
      ),
      ExpressionAttributeNames: { ...write.ExpressionAttributeNames, '#any': 'any' },
    };
  };
  client.middlewareStack.add(
    (next) => (args) => {
      const { TransactItems: items, ...input } = args.input as Conditional & {
        TransactItems?: { Update?: Conditional; Put?: Conditional }[];
      };
      const changed = items?.map(({ Update, Put, ...other }) => ({
        ...other,
        ...(Update && { Update: weakened(Update) }),
        ...(Put && { Put: weakened(Put) }),
      }));
      return next({
        ...args,
        input: { ...weakened(input), ...(changed && { TransactItems: changed }) } as object,
      });
    },
    { step: 'initialize' },
  );
  return () => times;
}
