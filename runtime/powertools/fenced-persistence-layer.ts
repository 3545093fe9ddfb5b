import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { refuseDisabledIdempotency } from '../../contract/environment.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { allowedClockSkew } from '../../contract/lease.ts';
import { type Random, systemRandom } from '../../contract/random.ts';
import { clientOptions } from '../client-options.ts';
import { codeOf, describe } from '../errors.ts';
import { type Output, standardOutput } from '../observability.ts';
import { decodeResult, encodeResult } from '../stores/result.ts';
import { FencedError } from './errors.ts';
import { type Claim, FencedRecords } from './fenced-records.ts';
import { idempotencyRecord, type Result } from './found-record.ts';

type Data = Parameters<BasePersistenceLayer['saveInProgress']>[0];
type ConfigureOptions = Parameters<BasePersistenceLayer['configure']>[0];

export interface FencedPersistenceLayerOptions {
  /** A table with the string partition key `id` and the TTL attribute `expiration`. */
  readonly tableName: string;
  /** Default: a client of its own, with a bound on each request. */
  readonly awsSdkV3Client?: DynamoDBClient;
  /**
   * Of key and payload. Name `md5` to go on from records that plain Powertools left with its default; they are not
   * found under another hash. Default: the configuration's, and `sha256` where that is `md5` or nothing.
   */
  readonly hashFunction?: string;
  /**
   * What becomes of the record of a function that threw. `release`: it stays, with its payload and its first attempt,
   * for the next call with the same payload. Default: `delete`, as Powertools does.
   */
  readonly afterError?: 'delete' | 'release';
  /** Kept in each record, where consumers share the table. Default: none. */
  readonly consumer?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Takes a line of JSON for each record that could not be deleted or released. Default: standard output. */
  readonly output?: Output;
}

/** Goes with a call through Powertools' saveInProgress, whose put has no room for it. */
interface Claiming {
  readonly leaseUntil: number;
  held?: HeldRecord;
}

/**
 * A persistence layer for Powertools' idempotency in which an owner whose lease was taken over can change nothing any
 * more. Every write carries its call's attempt; a record is taken over only after its lease, and only for the same
 * payload. One instance per idempotent function.
 *
 * @throws ConfigurationError where POWERTOOLS_IDEMPOTENCY_DISABLED is set.
 */
export class FencedPersistenceLayer extends BasePersistenceLayer {
  readonly #records: FencedRecords;
  readonly #consumer: string | undefined;
  readonly #hashFunction: string | undefined;
  readonly #afterError: 'delete' | 'release';
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #output: Output;
  readonly #claiming = new AsyncLocalStorage<Claiming>();
  /**
   * The records of calls that are at work, by the very input that Powertools hands back when a call is over; one that
   * its function changed has another hash by then. Equal strings can't be told apart: of those this process runs one
   * at a time, even where the lease of the first is over.
   */
  readonly #heldByObject = new WeakMap<object, HeldRecord>();
  readonly #heldByValue = new Map<unknown, HeldRecord>();
  #prefix: string | undefined;

  constructor(options: FencedPersistenceLayerOptions) {
    super();
    refuseDisabledIdempotency();
    const dynamoDb = options.awsSdkV3Client ?? new DynamoDBClient(clientOptions);
    this.#records = new FencedRecords(dynamoDb, options.tableName);
    this.#consumer = options.consumer;
    this.#hashFunction = options.hashFunction;
    this.#afterError = options.afterError ?? 'delete';
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#output = options.output ?? standardOutput;
  }

  /**
   * Validates the whole input unless the configuration says what of it.
   * @throws ConfigurationError for a configuration with which calls would not be idempotent.
   */
  override configure({ config, ...names }: ConfigureOptions): void {
    if (config.eventKeyJmesPath && !config.throwOnNoIdempotencyKey) {
      throw new ConfigurationError(
        'throwOnNoIdempotencyKey is false: an input without a key would run every time it comes. Set it to true in ' +
          'the IdempotencyConfig.',
      );
    }
    const configured = config.hashFunction === 'md5' ? 'sha256' : config.hashFunction;
    super.configure({
      ...names,
      config: {
        ...config,
        throwOnNoIdempotencyKey: true,
        hashFunction: this.#hashFunction ?? configured,
        payloadValidationJmesPath: config.payloadValidationJmesPath || '@',
      } as IdempotencyConfig,
    });
    this.#prefix ??= this.idempotencyKeyPrefix;
    if (this.#prefix !== this.idempotencyKeyPrefix) {
      throw new ConfigurationError(
        `keyPrefix is "${this.idempotencyKeyPrefix}" and was "${this.#prefix}": calls under way would save under ` +
          'the wrong one. Make a persistence layer for each idempotent function.',
      );
    }
  }

  /** When the first call with this input's key began, in ms since the epoch; while its function runs. */
  firstAttemptAt(data: unknown): number | undefined {
    return this.#heldFor(data)?.firstAttemptAt;
  }

  /** @throws ConfigurationError where nothing says when the invocation ends: such a lease would never end. */
  override async saveInProgress(data: Data, remainingTimeInMillis?: number): Promise<void> {
    if (remainingTimeInMillis === undefined || !(remainingTimeInMillis > 0)) {
      throw new ConfigurationError(
        `The remaining time of the invocation is ${remainingTimeInMillis ?? 'not known'}, so there is no lease. Call ` +
          'config.registerLambdaContext(context) with the context of this invocation first.',
      );
    }
    const held = this.#heldFor(data);
    if (held !== undefined) {
      throw new IdempotencyItemAlreadyExistsError(`This process is at work on ${held.idempotencyKey}`, held);
    }
    const call: Claiming = { leaseUntil: this.#clock.now() + remainingTimeInMillis + allowedClockSkew };
    await this.#claiming.run(call, () => super.saveInProgress(data, remainingTimeInMillis));
    if (call.held !== undefined) this.#hold(data, call.held);
  }

  /**
   * A result that no store takes is no error any more: the function has acted.
   * @throws FencedError where the record is another's by now.
   */
  override async saveSuccess(data: Data, result: Data): Promise<void> {
    const held = this.#letGo(data);
    if (held === undefined) throw new FencedError('of this call', 'was never claimed by it');
    held.responseData = result;
    await this._updateRecord(held);
    const stored = decodeResult(encodeResult(result));
    if (!('result' in stored)) return;
    const completed = held.completed(stored.result as Result, this.#times().expiration);
    this.processExistingRecord(completed, completed);
  }

  /** Never rejects: what the function threw is what its caller has to see. */
  override async deleteRecord(data: Data): Promise<void> {
    const held = this.#letGo(data);
    if (held === undefined) return;
    try {
      await this._deleteRecord(held);
    } catch (error) {
      const reason = { id: held.idempotencyKey, code: codeOf(error), reason: describe(error) };
      const message = 'idempotency record not given up, and held until its lease ends';
      this.#output(JSON.stringify({ level: 'WARN', message, ...reason }));
    }
  }

  /** A record of plain Powertools without payload validation has nothing to be compared with. */
  override processExistingRecord(
    stored: IdempotencyRecord,
    processed: Data | IdempotencyRecord,
  ): IdempotencyRecord {
    return super.processExistingRecord(stored, stored.payloadHash === undefined ? stored : processed);
  }

  protected override async _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    const found = await this.#records.find(idempotencyKey);
    if (found === undefined) throw new IdempotencyItemNotFoundError();
    return idempotencyRecord(found);
  }

  protected override async _putRecord({
    idempotencyKey: key,
    payloadHash,
  }: IdempotencyRecord): Promise<void> {
    const call = this.#claiming.getStore();
    if (call === undefined || payloadHash === undefined) throw new TypeError('saveInProgress puts records');
    const { leaseUntil } = call;
    const { now, expiration } = this.#times();
    const claim = {
      key,
      attempt: this.#random.uuid(),
      fingerprint: payloadHash,
      consumer: this.#consumer,
      leaseUntil,
      now,
      // Over an expired record anybody begins. Where results count for less time than a call takes: beside its owner.
      expiration: Math.max(expiration, Math.ceil(leaseUntil / 1000)),
    };
    const answer = await this.#records.claim(claim);
    if (!answer.claimed) {
      throw new IdempotencyItemAlreadyExistsError(
        `Failed to put record for already existing idempotency key: ${key}`,
        answer.found && idempotencyRecord(answer.found),
      );
    }
    call.held = new HeldRecord(claim, answer.firstAttemptAt);
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    const claim = { ...claimOf(record), ...this.#times() };
    const answer = await this.#records.complete(claim, encodeResult(record.responseData));
    if (!answer.stands) {
      throw new FencedError(claim.key, answer.found === undefined ? 'is gone' : "is another call's by now");
    }
  }

  /** Of another's record nothing changes: whoever holds it goes on. */
  protected override async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    const claim = { ...claimOf(record), ...this.#times() };
    await (this.#afterError === 'delete' ? this.#records.discard(claim) : this.#records.release(claim));
  }

  #times() {
    const now = this.#clock.now();
    return { now, expiration: Math.floor(now / 1000) + this.getExpiresAfterSeconds() };
  }

  #heldFor(data: unknown): HeldRecord | undefined {
    return isObject(data) ? this.#heldByObject.get(data) : this.#heldByValue.get(data);
  }

  #hold(data: Data, record: HeldRecord): void {
    if (isObject(data)) this.#heldByObject.set(data, record);
    else this.#heldByValue.set(data, record);
  }

  /** A call is over: whatever becomes of its record, it is this call's no more. */
  #letGo(data: Data): HeldRecord | undefined {
    const held = this.#heldFor(data);
    if (isObject(data)) this.#heldByObject.delete(data);
    else this.#heldByValue.delete(data);
    return held;
  }
}

/** The record of a call that is at work, as Powertools knows it. */
class HeldRecord extends IdempotencyRecord {
  readonly claim: Claim;
  /** Milliseconds since the epoch. */
  readonly firstAttemptAt: number;

  constructor(claim: Claim, firstAttemptAt: number) {
    super({
      idempotencyKey: claim.key,
      status: 'INPROGRESS',
      expiryTimestamp: claim.expiration,
      inProgressExpiryTimestamp: claim.leaseUntil,
      payloadHash: claim.fingerprint,
    });
    this.claim = claim;
    this.firstAttemptAt = firstAttemptAt;
  }

  completed(responseData: Result, expiryTimestamp: number): IdempotencyRecord {
    const { key: idempotencyKey, fingerprint: payloadHash } = this.claim;
    return new IdempotencyRecord({
      idempotencyKey,
      status: 'COMPLETED',
      expiryTimestamp,
      payloadHash,
      responseData,
    });
  }
}

function claimOf(record: IdempotencyRecord): Claim {
  if (record instanceof HeldRecord) return record.claim;
  throw new TypeError('saveSuccess and deleteRecord settle records');
}

function isObject(data: unknown): data is object {
  return typeof data === 'object' && data !== null;
}
