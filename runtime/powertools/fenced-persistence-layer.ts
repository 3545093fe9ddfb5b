import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
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
import { allowedClockSkewMs } from '../../contract/policies/lease.ts';
import { type Random, systemRandom } from '../../contract/random.ts';
import { clientOptions } from '../aws/sdk-client-options.ts';
import { codeOf, describe } from '../handler/errors.ts';
import { type Output, standardOutput } from '../ports/output.ts';
import { decodeResult, encodeResult } from '../stores/result.ts';
import { CallsByInput, HeldRecord } from './calls-by-input.ts';
import { executionAtWork } from './durable.ts';
import { payloadOf } from './envelopes.ts';
import { FencedError } from './errors.ts';
import { type Claim, FencedRecords } from './fenced-records.ts';
import { type FoundRecord, idempotencyRecord, type Result } from './found-record.ts';
import {
  checkConfig,
  checkExpression,
  checkLayerOptions,
  type FencedPersistenceLayerOptions,
  refuseOtherConfig,
  type Settings,
} from './options.ts';

type Data = Parameters<BasePersistenceLayer['saveInProgress']>[0];
type ConfigureOptions = Parameters<BasePersistenceLayer['configure']>[0];

/** Data of a call during Powertools' saveInProgress, whose put cannot pass it. */
interface Claiming {
  readonly attempt: string;
  /** Absent for a durable execution, whose end its invocation does not know. */
  readonly leaseUntil: number | undefined;
  held?: HeldRecord;
  /** The record that refused the call. */
  found?: FoundRecord | undefined;
}

/** A refused call. Powertools still runs its function if it is the replay of a durable function. */
interface RefusedCall {
  readonly record: IdempotencyRecord | undefined;
  /** The record of the owner, while the owner is running. */
  readonly owner: HeldRecord | undefined;
}

/** One for all layers: under Node 20, every promise of a process costs time for each instance that was ever used. */
const claiming = new AsyncLocalStorage<Claiming>();

/**
 * A persistence layer for Powertools' idempotency that fences stale owners: an owner whose lease was taken over can no
 * longer change the record. Every write carries its call's attempt. A record is taken over only after its lease, and
 * only for the same payload. Create one instance per idempotent function.
 *
 * @throws ConfigurationError for an option that is not supported or out of its range, and if
 *   POWERTOOLS_IDEMPOTENCY_DISABLED is set.
 */
export class FencedPersistenceLayer extends BasePersistenceLayer {
  readonly #records: FencedRecords;
  readonly #consumer: string | undefined;
  readonly #hashFunction: string | undefined;
  readonly #afterError: 'delete' | 'release';
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #output: Output;
  readonly #held = new CallsByInput<HeldRecord>();
  readonly #refused = new CallsByInput<RefusedCall>();
  #configuration: Settings | undefined;
  #isChecked = false;
  #prefix: string | undefined;

  constructor(options: FencedPersistenceLayerOptions) {
    super();
    refuseDisabledIdempotency();
    checkLayerOptions(options);
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
   * Powertools calls this at each call of the function. Call it yourself where you create the function, so that an
   * invalid configuration is refused when the process starts.
   *
   * It sets `throwOnNoIdempotencyKey` in the configuration: Powertools would run an input without a key each time.
   * Without `payloadValidationJmesPath` it validates the input as a whole, or the content of a known envelope.
   *
   * @throws ConfigurationError for a setting that is out of its range, and for settings or a key prefix that differ
   *   from the first ones.
   */
  override configure({ config, ...names }: ConfigureOptions): void {
    checkConfig(config);
    if (this.#configuration !== undefined) refuseOtherConfig(this.#configuration, config);
    this.#configuration ??= { ...config };
    const { eventKeyJmesPath: key, payloadValidationJmesPath: payload } = config;
    // Changes the configuration itself, because Powertools' handler reads it too.
    config.throwOnNoIdempotencyKey = true;
    const configured = config.hashFunction === 'md5' ? 'sha256' : config.hashFunction;
    super.configure({
      ...names,
      config: {
        ...config,
        hashFunction: this.#hashFunction ?? configured,
        eventKeyJmesPath: key ? `input | ${key}` : 'input',
        payloadValidationJmesPath: payload ? `input | ${payload}` : 'payload',
      } as IdempotencyConfig,
    });
    if (!this.#isChecked) this.#checkExpressions(config);
    this.#prefix ??= this.idempotencyKeyPrefix;
    if (this.#prefix !== this.idempotencyKeyPrefix) {
      throw new ConfigurationError(
        `keyPrefix is "${this.idempotencyKeyPrefix}" and was "${this.#prefix}": calls under way would save under ` +
          'the wrong one. Make a persistence layer for each idempotent function.',
      );
    }
  }

  /** When the first call with this input's key started, in ms since the epoch. Available while its function runs. */
  firstAttemptAt(data: unknown): number | undefined {
    return (this.#held.get(data) ?? this.#refused.get(data)?.owner)?.firstAttemptAt;
  }

  /** @throws ConfigurationError if the end of the invocation is unknown, because the lease would never end. */
  override async saveInProgress(data: Data, remainingTimeInMillis?: number): Promise<void> {
    if (remainingTimeInMillis === undefined || !(remainingTimeInMillis > 0)) {
      throw new ConfigurationError(
        `The remaining time of the invocation is ${remainingTimeInMillis ?? 'not known'}, so there is no lease. Call ` +
          'config.registerLambdaContext(context) with the context of this invocation first.',
      );
    }
    const execution = executionAtWork();
    const call: Claiming = {
      attempt: execution ?? this.#random.uuid(),
      leaseUntil:
        execution === undefined ? this.#clock.now() + remainingTimeInMillis + allowedClockSkewMs : undefined,
    };
    try {
      this.#refuseSecondOf(data, call);
      await claiming.run(call, () => super.saveInProgress(viewOf(data), remainingTimeInMillis));
    } catch (error) {
      if (error instanceof IdempotencyItemAlreadyExistsError) {
        this.#refused.set(data, { record: error.existingRecord, owner: this.#ownerOf(call.found) });
      }
      throw error;
    }
    if (call.held !== undefined) this.#held.set(data, call.held);
  }

  /**
   * Saves the result. A result that cannot be stored is not an error, because the function has acted.
   * @throws FencedError if the record belongs to another call by now.
   */
  override async saveSuccess(data: Data, result: Data): Promise<void> {
    const { held, completed } = this.#settling(data);
    if (completed !== undefined) {
      if (isSameResult(result, completed.responseData)) return;
      throw new FencedError(completed.idempotencyKey, 'is completed, with another result');
    }
    if (held === undefined) throw new FencedError('of this call', 'was never claimed by it');
    held.responseData = result;
    await this._updateRecord(held);
    const stored = decodeResult(encodeResult(result));
    if (!('result' in stored)) return;
    const saved = held.completed(stored.result as Result, this.#times().expiration);
    this.processExistingRecord(saved, saved);
  }

  /** Never rejects, so that the caller gets the function's error. */
  override async deleteRecord(data: Data): Promise<void> {
    const { held } = this.#settling(data);
    if (held === undefined) return;
    try {
      await this._deleteRecord(held);
    } catch (error) {
      const reason = { id: held.idempotencyKey, code: codeOf(error), reason: describe(error) };
      const message = 'idempotency record not given up, and held until its lease ends';
      this.#output(JSON.stringify({ level: 'WARN', message, ...reason }));
    }
  }

  /** Reads the record. */
  override async getRecord(data: Data): Promise<IdempotencyRecord> {
    const record = await this._getRecord(this.getHashedIdempotencyKey(viewOf(data)));
    return this.processExistingRecord(record, data);
  }

  /** A record of plain Powertools without payload validation has no payload to compare. */
  override processExistingRecord(
    stored: IdempotencyRecord,
    processed: Data | IdempotencyRecord,
  ): IdempotencyRecord {
    // Powertools answers from the record, so it does not run the function.
    this.#refused.take(processed);
    const isComparable = stored.payloadHash !== undefined;
    const compared = processed instanceof IdempotencyRecord ? processed : viewOf(processed);
    return super.processExistingRecord(stored, isComparable ? compared : stored);
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
    const call = claiming.getStore();
    if (call === undefined || payloadHash === undefined) throw new TypeError('saveInProgress puts records');
    const { attempt, leaseUntil } = call;
    const { now, expiration } = this.#times();
    const claim = {
      key,
      attempt,
      fingerprint: payloadHash,
      consumer: this.#consumer,
      leaseUntil,
      now,
      // An expired record can be replaced by any call. If results expire sooner than a call ends, that would be beside
      // its owner.
      expiration: Math.max(expiration, Math.ceil((leaseUntil ?? 0) / 1000)),
    };
    const answer = await this.#records.claim(claim);
    if (!answer.claimed) {
      call.found = answer.found;
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

  /** Changes nothing if the record belongs to another call, whose owner continues. */
  protected override async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    const claim = { ...claimOf(record), ...this.#times() };
    await (this.#afterError === 'delete' ? this.#records.discard(claim) : this.#records.release(claim));
  }

  #checkExpressions({ eventKeyJmesPath, payloadValidationJmesPath }: IdempotencyConfig): void {
    const any = viewOf({});
    const record = new IdempotencyRecord({ idempotencyKey: 'any', status: 'COMPLETED' });
    checkExpression('eventKeyJmesPath', eventKeyJmesPath, () => this.getHashedIdempotencyKey(any));
    checkExpression('payloadValidationJmesPath', payloadValidationJmesPath, () =>
      super.processExistingRecord(record, any),
    );
    this.#isChecked = true;
  }

  /** Calls with the same input object, or with equal texts, cannot be distinguished when they end. */
  #refuseSecondOf(data: Data, call: Claiming): void {
    const held = this.#held.get(data);
    if (held === undefined || held.claim.attempt === call.attempt) return;
    throw new IdempotencyItemAlreadyExistsError(`This process is at work on ${held.idempotencyKey}`, held);
  }

  /**
   * Takes the record of a call that has ended; the call no longer holds it afterwards. Without a claim the call is the
   * replay of a durable function whose owner was found running or completed.
   */
  #settling(data: Data): { readonly held?: HeldRecord | undefined; readonly completed?: IdempotencyRecord } {
    const refused = this.#refused.take(data);
    const held = this.#held.take(data) ?? refused?.owner;
    if (held !== undefined || refused?.record === undefined) return { held };
    return refused.record.getStatus() === 'COMPLETED' ? { completed: refused.record } : {};
  }

  /** A record of plain Powertools names no owner. */
  #ownerOf(found: FoundRecord | undefined): HeldRecord | undefined {
    if (found?.status !== 'INPROGRESS' || found.attempt === undefined) return undefined;
    const { key, attempt, fingerprint = '', leaseUntil } = found;
    const claim = { key, attempt, fingerprint, consumer: this.#consumer, leaseUntil, ...this.#times() };
    return new HeldRecord(claim, found.firstAttemptAt ?? claim.now);
  }

  #times() {
    const now = this.#clock.now();
    return { now, expiration: Math.floor(now / 1000) + this.getExpiresAfterSeconds() };
  }
}

/** The input for Powertools' two hashes: the whole input for the key, and the payload. */
function viewOf(data: Data): Data {
  return { input: data, payload: payloadOf(data) as Data };
}

function isSameResult(result: unknown, stored: unknown): boolean {
  const kept = decodeResult(encodeResult(result));
  return 'result' in kept && isDeepStrictEqual(kept.result, stored);
}

function claimOf(record: IdempotencyRecord): Claim {
  if (record instanceof HeldRecord) return record.claim;
  throw new TypeError('saveSuccess and deleteRecord settle records');
}
