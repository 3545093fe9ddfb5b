import { type AttentionState, attentionKey } from '../../../contract/record/attention.ts';
import { type ConsumerHistory, historyAttributes, historyKey } from '../../../contract/record/history.ts';
import {
  type AttemptState,
  recordAttributes as attribute,
  type RecordStatus,
} from '../../../contract/record/record-attributes.ts';
import { truncate } from '../../../contract/truncate.ts';
import type {
  Contended,
  Delivery,
  GuaranteeName,
  OwnerAnswer,
  RecordStore,
  Refusal,
  StoredRecord,
} from '../../ports/record-store.ts';
import { historyOf } from '../attempt-history.ts';
import { type RedisScripting, runScript, type ScriptArguments } from './run-script.ts';
import type { ScriptName } from './scripts.ts';

const prefix = 'order-once:';

/**
 * Errors with which Redis refuses a command before it does anything: while it loads, fails over, lacks replicas, is
 * full, or runs another script too long. Before version 7, the error of a write inside a script is "ERR Error running
 * script (call to f_0a1b): ... -READONLY".
 */
const passing =
  /^(ERR Error running script \(.*: -)?(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|NOREPLICAS|OOM)\b/;

/** An error of the server starts with a code in capitals; a client's connection error does not. */
const reply = /^[A-Z]{2,}\b/;
const closedByItsOwner = /^The client is closed/;

/** Whether a failed step may succeed within seconds, after the server or the connection recovers. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { message } = error;
  if (reply.test(message)) return passing.test(message);
  const isBug = [TypeError, RangeError, ReferenceError].some((kind) => error instanceof kind);
  return !isBug && !closedByItsOwner.test(message);
}

interface Ran {
  readonly kind: 'ran';
  readonly answer: string;
  readonly refusal: Refusal;
}

/**
 * Stores records in Redis or Valkey, for consumers with external effects. Leases and expirations use the server's
 * clock.
 *
 * **A weaker promise than DynamoDB's.** Redis answers before a replica has the write: a failover, or a restart between
 * two syncs of its log, can lose a claim or a completion, and then the effect happens again, whatever the guarantee. So
 * can eviction: set `maxmemory-policy noeviction` and `appendonly yes`. This store commits no effects, so exactly-once
 * does not compile with it.
 *
 * @param client A connected client, which the caller closes. Set a timeout for its commands: a client without one
 *   queues commands while it is offline, and the invocation ends before they do.
 */
export function redisRecordStore(client: RedisScripting): RecordStore {
  async function run(step: ScriptName, id: string, values: ScriptArguments): Promise<Ran | Contended> {
    try {
      const [answer, fields = [], now] = await runScript(client, step, prefix + id, values);
      const refusal = { record: readRecord(fields), ...(now !== undefined && { now: Number(now) }) };
      return { kind: 'ran', answer, refusal };
    } catch (cause) {
      if (isTransient(cause)) return { kind: 'contended', cause };
      throw cause;
    }
  }

  async function runAsOwner(step: ScriptName, id: string, values: ScriptArguments): Promise<OwnerAnswer> {
    const ran = await run(step, id, values);
    if (ran.kind === 'contended') return ran;
    return ran.answer === 'written' ? { kind: 'written' } : { kind: 'fenced', ...ran.refusal };
  }

  return {
    async claim(delivery, { firstAttemptAfter, ...terms }) {
      const isBounded = firstAttemptAfter !== undefined && Number.isFinite(firstAttemptAfter);
      const values = { ...valuesOf(delivery), ...terms, ...(isBounded && { firstAttemptAfter }) };
      const ran = await run('claim', delivery.id, values);
      if (ran.kind === 'contended') return ran;
      if (ran.answer !== 'claimed') return { kind: 'exists', ...ran.refusal };
      const past = historyOf(ran.refusal.record, delivery.now);
      const isAgain = ran.refusal.record?.status === 'OUTCOME_UNKNOWN';
      return { kind: 'claimed', past: isAgain ? { ...past, firstAttemptAt: delivery.now } : past };
    },
    complete: (delivery, result) => runAsOwner('complete', delivery.id, { ...valuesOf(delivery), result }),
    release: (delivery, lastError, terms) =>
      runAsOwner('release', delivery.id, { ...valuesOf(delivery), ...terms, lastError: truncate(lastError) }),
    holdUnknown(delivery, seen, kept, lastError) {
      const held = {
        seenAttempt: seen.ownerToken,
        seenStatus: seen.status,
        ...kept,
        lastError: truncate(lastError),
      };
      return runAsOwner('holdUnknown', delivery.id, { ...valuesOf(delivery), ...held });
    },
    async quarantine(delivery, { code, message }, expectedExpiration) {
      const values = { ...valuesOf(delivery), code, lastError: truncate(message), expectedExpiration };
      const ran = await run('quarantine', delivery.id, values);
      if (ran.kind === 'contended') return ran;
      return ran.answer === 'quarantined' ? { kind: 'quarantined' } : { kind: 'exists', ...ran.refusal };
    },
    async find(id) {
      const ran = await run('find', id, {});
      if (ran.kind === 'contended') throw ran.cause;
      return ran.refusal.record;
    },
    resolveDone: (id, attempt, { now, expiration }) =>
      runAsOwner('resolveDone', id, { ownerToken: attempt, now, expiration: expiration * 1000 }),
    skip: (id, messageId) => runAsOwner('skip', id, { messageId }),
    async block(id, messageId) {
      const ran = await run('block', id, { messageId });
      if (ran.kind === 'contended') return ran;
      if (ran.answer === 'fenced') return { kind: 'fenced', ...ran.refusal };
      return { kind: 'blocked', skip: ran.refusal.record?.skip };
    },
    async recordHistory(history) {
      const [, fields = []] = await runScript(client, 'history', prefix + historyKey(history.consumer), {
        ...history,
      });
      return readHistoryFields(fields);
    },
  };
}

function valuesOf({ id, expiration, ...delivery }: Delivery): ScriptArguments {
  const keyOf = (state: AttentionState) => attentionKey(delivery.consumer, state, id);
  // The script chooses the one of its own write.
  const attention = {
    waiting: keyOf('RETRYING'),
    quarantined: keyOf('QUARANTINED'),
    unknown: keyOf('OUTCOME_UNKNOWN'),
  };
  return { ...delivery, ...attention, expiration: expiration * 1000 };
}

/** @param fields Names and values in turn. */
function valuesIn(fields: readonly string[]) {
  const values = new Map<string, string>();
  for (let i = 0; i < fields.length; i += 2) values.set(fields[i] ?? '', fields[i + 1] ?? '');
  const number = (name: string) => {
    const value = values.get(name);
    return value === undefined ? undefined : Number(value);
  };
  return { values, number };
}

function readHistoryFields(fields: readonly string[]): ConsumerHistory {
  const { values, number } = valuesIn(fields);
  return {
    consumer: values.get(historyAttributes.consumer) ?? '',
    beganAt: number(historyAttributes.beganAt) ?? 0,
    from: number(historyAttributes.from),
    since: number(historyAttributes.since),
  };
}

/** @param fields Names and values in turn; empty if there is no record. */
function readRecord(fields: readonly string[]): StoredRecord | undefined {
  if (fields.length === 0) return undefined;
  const { values: record, number } = valuesIn(fields);
  return {
    status: record.get(attribute.status) as RecordStatus,
    fingerprint: record.get(attribute.validation) ?? '',
    expiration: number(attribute.expiration),
    ownerToken: record.get(attribute.attempt),
    attempts: number(attribute.attempts),
    attemptState: record.get(attribute.attemptState) as AttemptState | undefined,
    firstAttemptAt: number(attribute.firstAttemptAt),
    leaseUntil: number(attribute.inProgressExpiration),
    guarantee: record.get(attribute.guarantee) as GuaranteeName | undefined,
    messageId: record.get(attribute.messageId),
    messageGroup: record.get(attribute.messageGroup),
    result: record.get(attribute.data),
    lastError: record.get(attribute.lastError),
    body: record.get(attribute.body),
    messageAttributes: record.get(attribute.messageAttributes),
    blocked: record.get(attribute.blocked),
    bodySha256: record.get(attribute.bodySha256),
    skip: record.get(attribute.skip),
    attention: record.get(attribute.attention),
    attentionAt: number(attribute.attentionAt),
    attentionCode: record.get(attribute.attentionCode),
    nextTryAt: number(attribute.nextTryAt),
    format: number(attribute.format),
  };
}
