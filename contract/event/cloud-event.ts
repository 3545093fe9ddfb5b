import * as v from 'valibot';
import { InvalidEventError } from '../errors.ts';
import {
  anyText,
  base64,
  extensionProblem,
  mediaType,
  text,
  timestamp,
  uri,
  uriReference,
} from './attributes.ts';
import { path } from './exact-json.ts';
import { withoutValue } from './schema-issue.ts';

/**
 * The envelope of every event: CloudEvents 1.0 (cloudevents.io, "Core Specification", "JSON Event Format") with its
 * partitioning and sequence extensions. For your own event, extend `cloudEvent.entries` with `type` and `data`.
 */
export const cloudEvent = v.looseObject({
  specversion: v.literal('1.0', 'must be "1.0"'),
  /** Unique within `source`. */
  id: text,
  /** A URI reference. */
  source: uriReference,
  type: text,
  subject: v.optional(text),
  /** An RFC 3339 timestamp. */
  time: v.optional(timestamp),
  /** The media type of `data`. If it is absent, `data` is JSON. */
  datacontenttype: v.optional(mediaType),
  /** The URI of the schema of `data`. */
  dataschema: v.optional(uri),
  /**
   * The message group: events with the same `partitionkey` keep their order. CloudEvents makes it optional and forbids
   * control characters. Here it is required, and any text is accepted, because the publisher hashes texts that SNS
   * would refuse as a message group.
   */
  partitionkey: anyText,
  /**
   * The event's place in the order of its group: any text that sorts. An effect that compares it as a number needs
   * digits.
   */
  sequence: v.optional(text),
  /** Any JSON. `null` is a value, and differs from absent data. */
  data: v.optional(v.unknown()),
  /** Binary data as base64, in place of `data`. */
  data_base64: v.optional(base64),
});

export type CloudEvent = v.InferInput<typeof cloudEvent>;

/** Attribute names (CloudEvents, "Naming Conventions"). */
const attributeName = /^[a-z\d]+$/;

const isMissing = {
  specversion:
    'is missing; the body must be the whole event as JSON (structured content mode), with "specversion": "1.0". ' +
    'Attributes beside the body (binary content mode) are not read',
  partitionkey:
    'is missing; name the message group in it (CloudEvents partitioning extension), the id of the customer for ' +
    'instance: events of one key keep their order',
} as const satisfies Readonly<Record<string, string>>;

/**
 * Checks the envelope of a body and returns it. Attributes that are `null` are left out, because they count as absent.
 *
 * @param value The parsed body.
 * @throws InvalidEventError that names the attribute.
 */
export function readEnvelope(value: unknown): CloudEvent {
  refuseOtherThanEvents(value);
  const event = withoutUnset(value);
  if (!Object.keys(event).some((name) => name.toLowerCase() === 'specversion')) {
    refuse('specversion', isMissing.specversion);
  }
  for (const [name, member] of Object.entries(event)) {
    if (Object.hasOwn(cloudEvent.entries, name)) continue;
    if (!attributeName.test(name)) refuse(name, nameProblem(name));
    const problem = extensionProblem(member);
    if (problem !== undefined) refuse(name, problem);
  }
  if ('data' in event && 'data_base64' in event) {
    refuse('data_base64', 'excludes "data": an event has one of them');
  }
  return checked(cloudEvent, event);
}

/**
 * @returns `event` itself. The schema only checks.
 * @throws InvalidEventError for the first problem that the schema finds.
 */
export function checked<Event>(schema: v.GenericSchema<Event, unknown>, event: object): Event {
  const result = v.safeParse(schema, event, { abortEarly: true });
  if (result.success) return event as Event;
  const [issue] = result.issues;
  const keys = issue.path?.map(({ key }) => String(key)) ?? [];
  const field = path(keys);
  const missing = field === 'partitionkey' ? isMissing.partitionkey : 'is missing';
  const problem = issue.received === 'undefined' ? missing : withoutValue(issue);
  throw new InvalidEventError('INVALID_EVENT', `${field || 'The body'}: ${problem}`, field || undefined);
}

function refuse(name: string, problem: string): never {
  const field = path([name]);
  throw new InvalidEventError('INVALID_EVENT', `${field}: ${problem}`, field);
}

function nameProblem(name: string): string {
  const better = name.toLowerCase().replace(/[^a-z\d]/g, '');
  return `the names of attributes hold a-z and 0-9 alone${better === '' ? '' : `: write "${better}"`}`;
}

function refuseOtherThanEvents(value: unknown): asserts value is object {
  if (Array.isArray(value)) {
    throw new InvalidEventError(
      'INVALID_EVENT',
      'The body is a JSON array. Send each event of a CloudEvents batch as a message of its own',
    );
  }
  if (typeof value !== 'object' || value === null) {
    throw new InvalidEventError('INVALID_EVENT', 'The body must be a JSON object');
  }
  if ('TopicArn' in value && 'Message' in value) {
    throw new InvalidEventError(
      'SNS_ENVELOPE',
      'The body is an SNS envelope around the event: turn on raw message delivery for the subscription',
      'Message',
    );
  }
}

/** `data` is not an attribute, so its `null` is a value. Beside `data_base64` a `null` means that there is no data. */
function withoutUnset(value: object): object {
  const isUnset = ([name, member]: [string, unknown]) =>
    member === null && (name !== 'data' || ('data_base64' in value && value.data_base64 !== null));
  const members = Object.entries(value);
  return members.some(isUnset) ? Object.fromEntries(members.filter((member) => !isUnset(member))) : value;
}
