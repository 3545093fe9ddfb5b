import * as v from 'valibot';
import { InvalidEventError } from './errors.ts';
import { parseExactJson, path } from './exact-json.ts';
import { idempotencyKey, maxConsumerName } from './identity.ts';

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

/** RFC 3339, as CloudEvents 1.0 asks of `time`. */
const timestamp = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i, 'must be an RFC 3339 timestamp'),
);

/** An integer of at most 38 digits, DynamoDB's precision. */
const sequence = v.pipe(v.string(), v.regex(/^\d{1,38}$/, 'must be a string of 1 to 38 digits'));

/**
 * The envelope of every event: CloudEvents 1.0 (cloudevents.io, "Core Specification") with its partitioning and
 * sequence extensions. Extend `cloudEvent.entries` with the `type` and `data` of an event of your own.
 */
export const cloudEvent = v.looseObject({
  specversion: v.literal('1.0'),
  /** Unique within `source`. */
  id: text,
  source: text,
  type: text,
  subject: v.optional(text),
  time: v.optional(timestamp),
  /** The message group: events of one key keep their order. */
  partitionkey: text,
  /** Orders the events of a group. */
  sequence: v.optional(sequence),
  data: v.unknown(),
});

export type CloudEvent = v.InferInput<typeof cloudEvent>;

const longestName = 'x'.repeat(maxConsumerName);

/** Takes a message's body, returns its event. */
export type EventParser<Event extends CloudEvent> = (body: string) => Event;

/**
 * A parser of the events that `schema` describes.
 *
 * @param schema A valibot schema over the envelope's entries. It checks and does not transform: what is returned
 *   is the body's own JSON, unknown attributes included.
 * @returns A function that throws `InvalidEventError`, naming the field, for every body that is no such event.
 */
export function eventParser<Event extends CloudEvent>(
  schema: v.GenericSchema<Event, unknown>,
): EventParser<Event> {
  return (body) => {
    const value = parseExactJson(body);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidEventError('INVALID_EVENT', 'The body is JSON, but no object');
    }
    refuseSnsEnvelope(value);
    const result = v.safeParse(schema, value, { abortEarly: true });
    if (!result.success) {
      const [issue] = result.issues;
      const field = path(issue.path?.map(({ key }) => String(key)) ?? []);
      const problem = issue.received === 'undefined' ? 'is missing' : issue.message;
      throw new InvalidEventError('INVALID_EVENT', `${field || 'The body'}: ${problem}`, field || undefined);
    }
    // Refused by the publisher already, and not only by a consumer, to whose name the key belongs.
    idempotencyKey(longestName, value as Event);
    return value as Event;
  };
}

function refuseSnsEnvelope(value: object): void {
  if ('TopicArn' in value && 'Message' in value) {
    throw new InvalidEventError(
      'SNS_ENVELOPE',
      'The body is an SNS envelope around the event: turn on raw message delivery for the subscription',
      'Message',
    );
  }
}
