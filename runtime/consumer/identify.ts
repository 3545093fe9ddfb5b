import { ConfigurationError } from '../../contract/errors.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { version } from '../../contract/version.ts';
import { unpack } from '../aws/packed-attributes.ts';
import { codeOf, describe } from '../handler/errors.ts';
import { type Content, type Reader, Reading } from '../message/reading.ts';
import type { IdentifyRequest } from './lambda-event.ts';

export interface IdentifyAnswer {
  /** The consumer's name. */
  readonly consumer: string;
  /** The version of order-once. */
  readonly version: string;
  /** In the order of the request. */
  readonly bodies: readonly IdentifiedBody[];
}

export type IdentifiedBody =
  /** The consumer accepts the event. `key` and `fingerprint` are those of its record. */
  | { readonly wanted: true; readonly key: string; readonly fingerprint: string }
  /** The consumer ignores the type of the event. */
  | { readonly wanted: false; readonly type: string }
  /** The consumer refuses the body, fails on it, or makes the message wait. */
  | { readonly error: { readonly code: string; readonly message: string; readonly field?: string } };

/**
 * Runs parser, schema, `key` and `fingerprint` of a consumer on bodies. It uses neither a store nor a queue, and no
 * handler runs.
 *
 * @throws ConfigurationError for a request without a list of bodies.
 */
export function identify<Event extends CloudEvent>(
  { bodies }: IdentifyRequest,
  reader: Reader<Event>,
): IdentifyAnswer {
  if (!Array.isArray(bodies)) {
    throw new ConfigurationError(
      '{ "order-once": "identify" } needs "bodies": a list of the bodies of messages, as texts or as { "body", "attributes" }',
    );
  }
  const identified = bodies.map((one: IdentifyRequest['bodies'][number]) => {
    const { body, attributes = {} } = typeof one === 'string' ? { body: one } : (one ?? { body: '' });
    return answerOf(new Reading({ body, attributes: unpack(attributes) }, reader).content);
  });
  return { consumer: reader.name, version, bodies: identified };
}

function answerOf(content: Content<CloudEvent>): IdentifiedBody {
  if ('identity' in content) {
    const { id: key, fingerprint } = content.identity;
    return { wanted: true, key, fingerprint };
  }
  if ('ignored' in content) return { wanted: false, type: content.ignored.type };
  const error = 'invalid' in content ? content.invalid : 'failed' in content ? content.failed : content.waits;
  const field = (error as { readonly field?: string } | null | undefined)?.field;
  return { error: { code: codeOf(error), message: describe(error), ...(field !== undefined && { field }) } };
}
