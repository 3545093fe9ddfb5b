import { type AttentionState, attentionKey, letterKey } from '../../../contract/record/attention.ts';
import type { ConsumerHistory } from '../../../contract/record/history.ts';
import { truncate } from '../../../contract/truncate.ts';
import type {
  BlockAnswer,
  ClaimAnswer,
  CommitAnswer,
  CountAnswer,
  Delivery,
  EffectStore,
  ListedMessage,
  OwnerAnswer,
  QuarantineAnswer,
  StoredRecord,
} from '../../ports/record-store.ts';
import { historyOf } from '../attempt-history.ts';
import { isKnownFormat } from '../record-format.ts';
import { mostItems } from '../transaction.ts';
import * as may from './conditions.ts';
import type { TableKeys } from './table-keys.ts';
import { type MemoryTables, memoryTables } from './tables.ts';

/** Removes a record from the list of operators. */
const notListed = {
  attention: undefined,
  attentionAt: undefined,
  attentionCode: undefined,
  nextTryAt: undefined,
} as const;

/** Removes what an unknown outcome keeps to be sent again, after it is resolved. */
const nothingKept = { body: undefined, messageAttributes: undefined, bodySha256: undefined } as const;

export interface MemoryStore extends EffectStore {
  /** Records by idempotency key. Expired records stay until they are replaced, because TTL deletes late. */
  readonly records: Map<string, StoredRecord>;
  readonly tables: MemoryTables;
  /** Messages without a record of their own, by their `letterKey`. */
  readonly listed: ReadonlyMap<string, ListedMessage>;
  /** The history of each consumer, by its name. */
  readonly histories: ReadonlyMap<string, ConsumerHistory>;
}

/**
 * Records and tables in the memory of this process, with DynamoDB's semantics. Times are those of the deliveries, as in
 * DynamoDB. For tests and simulations: everything is lost when the process ends.
 *
 * It accepts the values that DynamoDB accepts, and its tables return them like the SDK: numbers that a double cannot
 * hold are bigints or the SDK's `NumberValue`. It refuses what DynamoDB refuses: dates and other instances of classes,
 * functions, empty and mixed sets, empty names, numbers past 38 digits or outside of 1e-130 to 9.9e125, documents
 * nested deeper than 31 levels below the item, items over 400 KB, transactions over 4 MB, keys that are empty, too
 * long, incomplete or of another type than the table's, and an increment of what is not a number. It also refuses `raw`
 * effects.
 *
 * @param keys The key attributes of each table that effects write to: the partition key, then the sort key if there is
 *   one. A name alone stands for texts: `{ orders: 'orderId', days: ['hall', { name: 'day', type: 'N' }] }`. What
 *   `createConsumer` gets as `tables` can be given here too.
 */
export function memoryStore(keys: TableKeys = {}): MemoryStore {
  const records = new Map<string, StoredRecord>();
  const tables = memoryTables(keys);
  const listedMessages = new Map<string, ListedMessage>();
  const histories = new Map<string, ConsumerHistory>();

  /** Each step decides and writes synchronously, so steps are atomic. */
  function writeAsOwner(
    id: string,
    accepts: (record: StoredRecord) => boolean,
    change: Partial<StoredRecord>,
  ): OwnerAnswer {
    const record = records.get(id);
    if (record === undefined || !accepts(record)) return { kind: 'fenced', record };
    records.set(id, { ...record, ...change });
    return { kind: 'written' };
  }

  return {
    records,
    tables,
    listed: listedMessages,
    histories,
    async recordHistory(history) {
      const known = histories.get(history.consumer) ?? history;
      histories.set(history.consumer, known);
      return known;
    },
    async list(message) {
      listedMessages.set(letterKey(message.consumer, message.messageId), message);
    },
    async unlist(consumer, messageId) {
      listedMessages.delete(letterKey(consumer, messageId));
    },
    async claim(delivery, terms): Promise<ClaimAnswer> {
      const record = records.get(delivery.id);
      const anew = may.claimAgain(record, delivery, terms);
      const replace = may.replace(record, delivery, terms.expectedExpiration);
      if (!(anew || replace || may.claim(record, delivery, terms))) return { kind: 'exists', record };
      const claimed = { ...begun(delivery), status: 'INPROGRESS', leaseUntil: terms.leaseUntil } as const;
      const old = replace ? undefined : record;
      const firstAttemptAt = anew ? delivery.now : (old?.firstAttemptAt ?? delivery.now);
      const { body, messageAttributes, bodySha256 } = anew ? nothingKept : { ...nothingKept, ...old };
      const { countsAttempt = false } = terms;
      const past = { ...historyOf(old, delivery.now), firstAttemptAt };
      const attempts = past.attempts + Number(countsAttempt);
      const started = countsAttempt && ({ attemptState: 'STARTED', ...waiting(delivery) } as const);
      const counted = { attempts, ...started };
      const kept = { body, messageAttributes, bodySha256 };
      records.set(delivery.id, { ...old, ...claimed, ...counted, firstAttemptAt, ...kept });
      return { kind: 'claimed', past };
    },
    async complete(delivery, result) {
      const { expiration } = delivery;
      const done = {
        status: 'COMPLETED',
        result,
        expiration,
        leaseUntil: undefined,
        ...nothingKept,
        lastError: undefined,
        attemptState: undefined,
        ...notListed,
      } as const;
      return writeAsOwner(delivery.id, (record) => may.complete(record, delivery), done);
    },
    async release(delivery, lastError, terms) {
      const record = records.get(delivery.id);
      if (record === undefined) return { kind: 'written' };
      const { expiration } = delivery;
      const entry = terms.isDone ? notListed : waiting(delivery);
      const released = terms.keepsLease
        ? {}
        : ({ status: 'RETRYING', expiration, leaseUntil: undefined, ...entry } as const);
      const attempts = (record.attempts ?? 0) + terms.change;
      const change = { ...released, attempts, attemptState: terms.state, lastError: truncate(lastError) };
      return writeAsOwner(delivery.id, (record) => may.release(record, delivery, terms), change);
    },
    async holdUnknown(delivery, seen, kept, lastError) {
      const held = {
        status: 'OUTCOME_UNKNOWN',
        expiration: undefined,
        leaseUntil: undefined,
        attemptState: undefined,
        ...listed('OUTCOME_UNKNOWN', delivery),
      } as const;
      const { messageId } = delivery;
      const ownerToken = seen.ownerToken ?? delivery.ownerToken;
      const change = { ...held, ownerToken, messageId, ...kept, lastError: truncate(lastError) };
      return writeAsOwner(delivery.id, (record) => may.hold(record, delivery, seen), change);
    },
    async quarantine(delivery, { code, message }, expectedExpiration): Promise<QuarantineAnswer> {
      const record = records.get(delivery.id);
      const replace = may.replace(record, delivery, expectedExpiration);
      if (!(replace || may.commit(record, delivery, expectedExpiration))) return { kind: 'exists', record };
      const old = replace ? undefined : record;
      const { firstAttemptAt } = historyOf(old, delivery.now);
      const given = { ...begun(delivery), status: 'QUARANTINED', lastError: truncate(message) } as const;
      const entry = { ...listed('QUARANTINED', delivery), attentionCode: code };
      records.set(delivery.id, { ...old, ...given, attempts: 0, firstAttemptAt, ...entry });
      return { kind: 'quarantined' };
    },
    async find(id) {
      return records.get(id);
    },
    async resolveDone(id, attempt, { expiration }) {
      const done = { status: 'COMPLETED', expiration, ...nothingKept, ...notListed } as const;
      return writeAsOwner(id, (record) => may.resolve(record, attempt), done);
    },
    async skip(id, messageId) {
      return writeAsOwner(id, (record) => may.skip(record, messageId), { skip: messageId });
    },
    async block(id, messageId): Promise<BlockAnswer> {
      const record = records.get(id);
      if (record === undefined || !isKnownFormat(record)) return { kind: 'fenced', record };
      records.set(id, { ...record, blocked: messageId });
      return { kind: 'blocked', skip: record.skip };
    },
    async countAttempt(delivery, attempt, expectedExpiration): Promise<CountAnswer> {
      const record = records.get(delivery.id);
      const replace = may.replace(record, delivery, expectedExpiration);
      if (!(replace || may.count(record, delivery, expectedExpiration))) return { kind: 'exists', record };
      const old = replace ? undefined : record;
      const past = historyOf(old, delivery.now);
      const { attempts, firstAttemptAt } = past;
      const { state, lastError = old?.lastError } = attempt;
      const counted = {
        status: 'RETRYING',
        attemptState: state,
        lastError: lastError && truncate(lastError),
        attempts: attempts + 1,
        ...waiting(delivery),
      } as const;
      records.set(delivery.id, { ...old, ...begun(delivery), ...counted, firstAttemptAt });
      return { kind: 'counted', past };
    },
    async commit(commits, effects): Promise<CommitAnswer> {
      const prepared = tables.prepare(effects, mostItems - commits.length);
      if (prepared.kind === 'refused') return prepared;
      const steps = commits.map(({ delivery, expectedExpiration, result }) => {
        const record = records.get(delivery.id);
        const replace = may.replace(record, delivery, expectedExpiration);
        const taken = replace || may.commit(record, delivery, expectedExpiration);
        return { delivery, result, record, taken, old: replace ? undefined : record };
      });
      if (steps.some(({ taken }) => !taken)) {
        return { kind: 'exists', found: steps.map(({ taken, record }) => (taken ? undefined : { record })) };
      }
      const applied = prepared.apply();
      if (applied.kind !== 'applied') return applied;
      for (const { delivery, result, old } of steps) {
        const firstAttemptAt = old?.firstAttemptAt ?? delivery.now;
        const done = { status: 'COMPLETED', firstAttemptAt, result, lastError: undefined } as const;
        records.set(delivery.id, { ...old, ...begun(delivery), ...done, ...notListed });
      }
      return { kind: 'committed' };
    },
  };
}

/** Lists a record for operators. */
function listed(state: AttentionState, { id, consumer, now }: Pick<Delivery, 'id' | 'consumer' | 'now'>) {
  return { ...notListed, attention: attentionKey(consumer, state, id), attentionAt: now };
}

function waiting(delivery: Delivery) {
  return { ...listed('RETRYING', delivery), nextTryAt: delivery.nextTryAt };
}

/** The state of an attempt belongs to the delivery whose token the record has. */
function begun({ fingerprint, ownerToken, guarantee, messageId, messageGroup, expiration }: Delivery) {
  const identity = { fingerprint, ownerToken, guarantee, messageId, messageGroup, expiration };
  return { ...identity, attemptState: undefined };
}
