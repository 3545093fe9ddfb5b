import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { brokerId } from '../../contract/broker-id.ts';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { idempotencyKey } from '../../contract/event/identity.ts';
import { isLetterKey } from '../../contract/record/attention.ts';
import { getRecords } from '../records/find-records.ts';
import { listAttention } from '../records/list-attention.ts';
import type { SeenRecord } from '../records/record.ts';
import type { PlannedLetter } from './select-letters.ts';

/** What became of an event that was sent again. */
export type Outcome = 'applied' | 'dead-letter' | 'unknown' | 'waiting';

export interface Followed {
  readonly letter: PlannedLetter;
  readonly outcome: Outcome;
  readonly record: SeenRecord | undefined;
}

const pollMs = 1000;

/** The most records that are read at once. */
const atOnce = 1000;

/**
 * Reads the records of events that were sent again until each is settled, or `forMs` milliseconds are over.
 * @param onSettled Called for each once it is settled.
 * @returns Those that still wait.
 */
export async function followLetters(
  client: DynamoDBClient,
  table: string,
  consumer: string,
  letters: readonly PlannedLetter[],
  forMs: number,
  onSettled: (followed: Followed) => void,
  clock: Clock = systemClock,
): Promise<readonly PlannedLetter[]> {
  const end = clock.now() + forMs;
  let waiting = letters.map((letter) => ({ letter, key: keyOf(consumer, letter) }));
  for (;;) {
    const asked = waiting.slice(0, atOnce);
    const keys = asked.flatMap(({ key }) => key ?? []);
    const records = new Map((await getRecords(client, table, keys)).map((record) => [record.id, record]));
    const again = await givenUpAgain(
      client,
      table,
      consumer,
      asked.map(({ letter }) => letter),
    );
    const settled = new Set<PlannedLetter>();
    for (const { letter, key } of asked) {
      const record = key === undefined ? undefined : records.get(key);
      const back = again.get(letter);
      const outcome = back === undefined ? outcomeOf(letter, record) : 'dead-letter';
      if (outcome === 'waiting') continue;
      settled.add(letter);
      onSettled({ letter, outcome, record: back ?? record });
    }
    waiting = waiting.filter(({ letter }) => !settled.has(letter));
    if (waiting.length === 0 || clock.now() >= end) return waiting.map(({ letter }) => letter);
    await clock.sleep(pollMs);
  }
}

/** Of letters without a record of their own, the newer entry: their message was given up again. */
async function givenUpAgain(
  client: DynamoDBClient,
  table: string,
  consumer: string,
  letters: readonly PlannedLetter[],
): Promise<ReadonlyMap<PlannedLetter, SeenRecord>> {
  const found = new Map<PlannedLetter, SeenRecord>();
  const named = letters.filter(({ record, eventId }) => isLetterKey(record) && eventId !== undefined);
  if (named.length === 0) return found;
  for await (const entry of listAttention(client, { table, consumer, states: ['DEAD_LETTER'] })) {
    const letter = named.find(
      ({ source, eventId, since }) =>
        source === entry.source && eventId === entry.eventId && since < entry.since,
    );
    if (letter !== undefined) found.set(letter, entry);
  }
  return found;
}

/** The key of the event's record; `undefined` for a message that is no event. */
function keyOf(consumer: string, { record, source, eventId }: PlannedLetter): string | undefined {
  if (!isLetterKey(record)) return record;
  return source === undefined || eventId === undefined
    ? undefined
    : idempotencyKey(consumer, { source, id: eventId });
}

function outcomeOf(
  { letter, record: listed, since }: PlannedLetter,
  record: SeenRecord | undefined,
): Outcome {
  switch (record?.status) {
    case 'COMPLETED':
      // The record of a conflict is that of the earlier content.
      return isLetterKey(listed) && (record.completedAt ?? 0) < since ? 'waiting' : 'applied';
    case 'OUTCOME_UNKNOWN':
      return 'unknown';
    case 'QUARANTINED':
      return brokerId(record.messageId ?? '') === letter ? 'waiting' : 'dead-letter';
    default:
      return 'waiting';
  }
}
