import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { allowedClockSkewMs } from '../../contract/policies/lease.ts';
import type { Item } from '../handler/effects/index.ts';
import { EXPIRED_AS_SEEN } from '../stores/dynamodb/conditions.ts';
import {
  type ExpressionInput,
  keyOf,
  type Sets,
  setting,
  withNamesAndValues,
} from '../stores/dynamodb/expression.ts';
import { recordItem } from '../stores/dynamodb/record.ts';
import { MAY_CLAIM, MAY_SETTLE } from './conditions.ts';
import { type FoundRecord, readFound } from './found-record.ts';

/** A call's claim of a record; times in ms since the epoch, `expiration` in seconds. */
export interface Claim {
  readonly key: string;
  /** Owner token: a random text per call, made before its first write, or the ARN of a durable execution. */
  readonly attempt: string;
  readonly fingerprint: string;
  readonly consumer: string | undefined;
  readonly now: number;
  readonly expiration: number;
  /** Absent: the record cannot be taken over before it expires. */
  readonly leaseUntil: number | undefined;
}

export type ClaimAnswer =
  | { readonly claimed: true; readonly firstAttemptAt: number }
  | { readonly claimed: false; readonly found: FoundRecord | undefined };

/** `found` is the record that refused the write; undefined if there was none. */
export type SettleAnswer = Stands | Refused;

interface Stands {
  readonly stands: true;
  /** The attributes that the write set. */
  readonly found?: FoundRecord | undefined;
}

interface Refused {
  readonly stands: false;
  readonly found: FoundRecord | undefined;
}

interface Begun {
  readonly stands: true;
  readonly firstAttemptAt: number;
}

/** Maximum tries of a claim if the record changes each time. */
const maxClaimTries = 3;

/** The records of a table. Each step is one conditional write. */
export class FencedRecords {
  readonly #dynamoDb: DynamoDBClient;
  readonly #table: string;

  constructor(dynamoDb: DynamoDBClient, table: string) {
    this.#dynamoDb = dynamoDb;
    this.#table = table;
  }

  async find(key: string): Promise<FoundRecord | undefined> {
    const { Item } = await this.#dynamoDb.send(
      new GetItemCommand({ TableName: this.#table, Key: keyOf(key), ConsistentRead: true }),
    );
    return Item && readFound(Item);
  }

  /**
   * Writes INPROGRESS, or returns the record that refuses it. A write that the SDK repeated after a lost answer, and
   * the replay of a durable execution, find their own attempt.
   */
  async claim(claim: Claim): Promise<ClaimAnswer> {
    const { now } = claim;
    let found: FoundRecord | undefined;
    for (let tries = 0; tries < maxClaimTries; tries++) {
      const expectedExpiration = found?.expiration;
      const answer = await (expectedExpiration === undefined
        ? this.#begin(claim)
        : this.#beginAnew(claim, expectedExpiration));
      if (answer.stands) return { claimed: true, firstAttemptAt: answer.firstAttemptAt };
      found = answer.found;
      // Another try makes sense only if the record has expired or was deleted meanwhile.
      const isLive =
        found !== undefined && (found.expiration === undefined || found.expiration > seconds(now));
      if (isLive && isOwn(found, claim)) {
        return { claimed: true, firstAttemptAt: found?.firstAttemptAt ?? now };
      }
      if (isLive) break;
    }
    return { claimed: false, found };
  }

  /** COMPLETED. */
  async complete(claim: Claim, data: string): Promise<SettleAnswer> {
    const { now: completedAt, expiration } = claim;
    const written = setting({ status: 'COMPLETED', data, completedAt, expiration });
    const answer = await this.#update(claim, {
      UpdateExpression: `SET ${written.sets} REMOVE #inProgressExpiration`,
      ConditionExpression: MAY_SETTLE,
      values: written.values,
    });
    if (answer.stands || answer.found === undefined) return answer;
    // Compares the result too, because plain Powertools completes any record and leaves its attempt.
    const { status, attempt, data: stored } = answer.found;
    const isMine = status === 'COMPLETED' && attempt === claim.attempt && stored === data;
    return isMine ? { stands: true } : answer;
  }

  /** Ends the lease on every clock, so that the next call with the same payload takes over. */
  async release(claim: Claim): Promise<SettleAnswer> {
    const { sets, values } = setting({ inProgressExpiration: 0 });
    return await this.#update(claim, {
      UpdateExpression: `SET ${sets}`,
      ConditionExpression: MAY_SETTLE,
      values,
    });
  }

  /** Deletes the record. */
  async discard({ key, attempt }: Claim): Promise<SettleAnswer> {
    const condition = withNamesAndValues({ ConditionExpression: MAY_SETTLE }, { attempt });
    return await orRefused(
      this.#dynamoDb.send(new DeleteItemCommand({ TableName: this.#table, Key: keyOf(key), ...condition })),
    );
  }

  /** An Update does not change attributes that it does not name, above all the first attempt. */
  async #begin(claim: Claim): Promise<Begun | Refused> {
    const { sets, values } = setting(begun(claim));
    const answer = await this.#update(claim, {
      UpdateExpression:
        `SET ${sets}, #firstAttemptAt = if_not_exists(#firstAttemptAt, :now)` +
        ', #attempts = if_not_exists(#attempts, :zero) + :one' +
        (claim.leaseUntil === undefined ? ' REMOVE #inProgressExpiration' : ''),
      ConditionExpression: MAY_CLAIM,
      values: { ...values, zero: 0, one: 1, empty: '' },
    });
    if (!answer.stands) return answer;
    return { stands: true, firstAttemptAt: answer.found?.firstAttemptAt ?? claim.now };
  }

  /** A Put, so that no attribute of the expired record stays. */
  async #beginAnew(claim: Claim, expectedExpiration: number): Promise<Begun | Refused> {
    const { key: id, now } = claim;
    const values = { expectedExpiration, nowSeconds: seconds(now) };
    const answer = await orRefused(
      this.#dynamoDb.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: recordItem({ id, ...begun(claim), firstAttemptAt: now, attempts: 1 }),
          ...withNamesAndValues({ ConditionExpression: EXPIRED_AS_SEEN }, values),
        }),
      ),
    );
    return answer.stands ? { stands: true, firstAttemptAt: now } : answer;
  }

  async #update(
    { key, attempt, fingerprint, now }: Claim,
    { values, ...expressions }: ExpressionInput & { readonly values: Item },
  ) {
    const times = { now, nowSeconds: seconds(now), nowLessSkew: now - allowedClockSkewMs };
    return await orRefused(
      this.#dynamoDb.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: keyOf(key),
          ReturnValues: 'UPDATED_NEW',
          ...withNamesAndValues(expressions, { ...values, ...times, attempt, fingerprint }),
        }),
      ),
    );
  }
}

/** Returns the written attributes, or the record that refused the write. */
async function orRefused(
  sending: Promise<{ readonly Attributes?: Record<string, AttributeValue> | undefined }>,
): Promise<SettleAnswer> {
  try {
    const { Attributes } = await sending;
    return { stands: true, found: Attributes && readFound(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { stands: false, found: error.Item && readFound(error.Item) };
  }
}

function isOwn(found: FoundRecord | undefined, { attempt, fingerprint }: Claim): boolean {
  if (found?.attempt !== attempt || found.status !== 'INPROGRESS') return false;
  return found.fingerprint === fingerprint;
}

function begun({ attempt, fingerprint, consumer, expiration, leaseUntil }: Claim): Sets {
  const life = { expiration, inProgressExpiration: leaseUntil };
  return { status: 'INPROGRESS', attempt, validation: fingerprint, consumer, ...life };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
