import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { idempotencyKey, isBodyKey } from '../../contract/event/identity.ts';
import { isLetterKey } from '../../contract/record/attention.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { identifyBodies } from '../installation/ask-consumer.ts';
import type { Installation } from '../installation/find-installation.ts';
import { mappingState, readQueue, subscriptionAttributes, sumOf } from '../installation/read-path.ts';
import { getRecords, keysOfSubject } from '../records/find-records.ts';
import { type ListedRecord, listAttention } from '../records/list-attention.ts';
import type { SeenRecord } from '../records/record.ts';
import type { AskedEvent, ConsumerFacts, EventFacts, Path } from './facts.ts';

export interface Question {
  /** A subject (an order's number), the id of an event, or the idempotency key of a record. */
  readonly text: string;
  /** The event's source, if `text` is its id. */
  readonly source?: string | undefined;
  /** The events of a file that the text names. */
  readonly asked: readonly AskedEvent[];
}

/** The most entries that stand in the way of a group and are read; more say nothing new. */
const mostAhead = 20;

/**
 * Reads what is known about the events of a question at each consumer. Each consumer takes at most three rounds of
 * requests. Nothing is scanned, and nothing is received from a queue.
 */
export async function gatherFacts(
  aws: Aws,
  { consumers }: Pick<Installation, 'consumers'>,
  question: Question,
): Promise<readonly ConsumerFacts[]> {
  const subjects = new Map<string, Promise<string[] | undefined>>();
  const keysOf = (table: string) => {
    const known = subjects.get(table) ?? keysOfSubject(aws.dynamoDb, table, question.text);
    subjects.set(table, known);
    return known;
  };
  return await Promise.all(
    consumers.map(async (consumer) => {
      const table = partsOfArn(consumer.records).name;
      return await gather(aws, consumer, table, question, await keysOf(table));
    }),
  );
}

async function gather(
  aws: Aws,
  consumer: ConsumerDescription,
  table: string,
  question: Question,
  bySubject: readonly string[] | undefined,
): Promise<ConsumerFacts> {
  const { asked } = question;
  const decisions = await identifyBodies(
    aws.lambda,
    consumer,
    asked.map(({ body }) => body),
  );
  const mine = (key: string) => key.startsWith(`${consumer.consumer}#`) && !isBodyKey(key);
  const keyOf = new Map(
    asked.map((event, index) => {
      const decision = decisions[index];
      const key = decision && 'key' in decision ? decision.key : ownKey(consumer, event);
      return [event, key];
    }),
  );
  const keys = [...(bySubject ?? []), ...guessedKeys(consumer, question), ...keyOf.values()].filter(mine);
  const records = await getRecords(aws.dynamoDb, table, keys);
  const events = joinEvents(records, question, keyOf, (event) => decisions[asked.indexOf(event)]);
  const isSimple = events.length > 0 && events.every(isSettled);
  const [path, ahead] = isSimple
    ? [undefined, []]
    : await Promise.all([readPath(aws, consumer), readAhead(aws, consumer, table, events)]);
  return { consumer, events, path, ahead, hasSubjects: bySubject !== undefined };
}

/** Keys that the text itself may name. */
function guessedKeys({ consumer }: ConsumerDescription, { text, source }: Question): string[] {
  if (source !== undefined) return [idempotencyKey(consumer, { source, id: text })];
  return text.startsWith(`${consumer}#`) ? [text] : [];
}

function ownKey({ consumer }: ConsumerDescription, { source, id }: AskedEvent): string {
  return idempotencyKey(consumer, { source, id });
}

/** One entry for each event: with its record, and with the entries of messages that got none. */
function joinEvents(
  records: readonly SeenRecord[],
  { asked }: Question,
  keyOf: ReadonlyMap<AskedEvent, string>,
  decisionOf: (event: AskedEvent) => EventFacts['decision'],
): EventFacts[] {
  const letters = records.filter(({ id }) => isLetterKey(id));
  const own = records.filter(({ id }) => !isLetterKey(id));
  const taken = new Set<SeenRecord>();
  const lettersOf = (source: string | undefined, eventId: string | undefined) => {
    const found = letters.filter((letter) => letter.source === source && letter.eventId === eventId);
    for (const letter of found) taken.add(letter);
    return found;
  };
  const fromFile = asked.map((event): EventFacts => {
    const record = own.find(({ id }) => id === keyOf.get(event));
    if (record !== undefined) taken.add(record);
    return {
      asked: event,
      decision: decisionOf(event),
      record,
      letters: lettersOf(event.source, event.id),
    };
  });
  const others = own
    .filter((record) => !taken.has(record))
    .map((record): EventFacts => ({ record, letters: lettersOf(record.source, record.eventId) }));
  const alone = letters
    .filter((letter) => !taken.has(letter))
    .map((letter): EventFacts => ({ letters: [letter] }));
  return [...fromFile, ...others, ...alone];
}

function isSettled({ record, letters, decision }: EventFacts): boolean {
  if (decision !== undefined && 'wanted' in decision && !decision.wanted) return true;
  return record?.status === 'COMPLETED' && letters.length === 0;
}

async function readPath(aws: Aws, consumer: ConsumerDescription): Promise<Path> {
  const [mapping, subscription, queue, deadLetters, undelivered] = await Promise.all([
    mappingState(aws, consumer),
    subscriptionAttributes(aws, consumer),
    readQueue(aws.sqs, consumer.queue),
    readQueue(aws.sqs, consumer.deadLetterQueue),
    readQueue(aws.sqs, consumer.subscriptionDeadLetterQueue),
  ]);
  return {
    mapping,
    isSubscribed: subscription !== undefined,
    hasFilter: (subscription?.FilterPolicy ?? '{}') !== '{}' && subscription?.FilterPolicy !== '',
    waiting: sumOf(queue),
    undelivered: sumOf(undelivered),
    retentionSeconds: queue.retentionSeconds,
    deadLetterRetentionSeconds: deadLetters.retentionSeconds,
  };
}

/** What waits or blocks in the groups of the events. */
async function readAhead(
  { dynamoDb }: Aws,
  { consumer }: ConsumerDescription,
  table: string,
  events: readonly EventFacts[],
): Promise<ListedRecord[]> {
  const groups = new Set(
    events.flatMap(({ asked, record, letters: [letter] }) => {
      return asked?.messageGroup ?? record?.messageGroup ?? letter?.messageGroup ?? [];
    }),
  );
  const ahead: ListedRecord[] = [];
  for (const messageGroup of groups) {
    const listed = listAttention(dynamoDb, {
      table,
      consumer,
      states: ['BLOCKED', 'RETRYING'],
      messageGroup,
    });
    for await (const entry of listed) {
      if (ahead.push(entry) >= mostAhead) return ahead;
    }
  }
  return ahead;
}
