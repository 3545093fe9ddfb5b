import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ConfigurationError, InvalidEventError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { path } from '../../contract/event/exact-json.ts';
import { withoutValue } from '../../contract/event/schema-issue.ts';
import { truncate } from '../../contract/truncate.ts';
import { ignoreRejection, isPromise } from '../handler/promise.ts';

/** A schema of `data` for each type of event: valibot's, zod's, arktype's, or any other Standard Schema. */
export type EventSchemas = Readonly<Record<string, StandardSchemaV1>>;

/** An event of one type, with its `data`. */
export type TypedEvent<Type extends string, Data> = CloudEvent & {
  readonly type: Type;
  readonly data: Data;
};

/** The events that a handler gets: `data` is the output of its schema. */
export type EventOf<Schemas extends EventSchemas> = {
  [Type in keyof Schemas & string]: TypedEvent<Type, StandardSchemaV1.InferOutput<Schemas[Type]>>;
}[keyof Schemas & string];

/** The same events with the input of the schema in `data`. */
export type ReceivedEventOf<Schemas extends EventSchemas> = {
  [Type in keyof Schemas & string]: TypedEvent<Type, StandardSchemaV1.InferInput<Schemas[Type]>>;
}[keyof Schemas & string];

/**
 * Returns the event with the schema's output in `data`. The event itself does not change.
 *
 * @throws InvalidEventError UNHANDLED_TYPE for a type without a schema; INVALID_EVENT, naming the field, for the first issue
 *   of the schema.
 * @throws ConfigurationError for a schema that returns a promise; the error of the schema.
 */
export function withData(schemas: EventSchemas, event: CloudEvent): CloudEvent {
  const { type } = event;
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) {
    const known = truncate(Object.keys(schemas).map(quote).join(', '));
    throw new InvalidEventError(
      'UNHANDLED_TYPE',
      `type: ${truncate(quote(type))} is not among the "events" of the consumer, ${known}. Add a schema for it`,
      'type',
    );
  }
  const result = schema['~standard'].validate(event.data);
  if (isPromise(result)) {
    ignoreRejection(result);
    throw new ConfigurationError(
      `The schema of ${quote(type)} in "events" returned a promise: use a schema without asynchronous checks`,
    );
  }
  if (result.issues !== undefined) throw invalidBy(result.issues, ['data']);
  return result.value === event.data ? event : { ...event, data: result.value };
}

/**
 * Makes the error of the first issue of a Standard Schema, with its message and the path of its field. It has no cause, because
 * causes are logged, and issues hold the values that the schema refused.
 * @param root Path of the checked value.
 */
export function invalidBy(
  issues: readonly StandardSchemaV1.Issue[],
  root: readonly string[] = [],
): InvalidEventError {
  const [issue] = issues;
  const keys = Array.isArray(issue?.path) ? issue.path : [];
  const field = path([...root, ...keys.map((part) => String(part?.key ?? part))]);
  const message = issue === undefined ? 'The schema refuses it' : withoutValue(issue);
  return new InvalidEventError(
    'INVALID_EVENT',
    field === '' ? message : `${field}: ${message}`,
    field || undefined,
  );
}

function quote(type: string): string {
  return JSON.stringify(type);
}
