import { type Clock, systemClock } from '../../contract/clock.ts';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { ExternalContext } from '../guarantees/guarantee.ts';
import { describe, NotExecutedError } from '../handler/errors.ts';
import { readAnswer } from './answer.ts';
import { failureOf } from './failure.ts';

export interface PostOptions {
  /** Of the handler: its key goes with the request, its signal ends it. */
  readonly context: Pick<ExternalContext, 'idempotencyKey' | 'signal'>;
  /** Beside those that are always sent; `authorization`, for instance. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the URL is set by, for messages about it. @default the URL */
  readonly setting?: string;
  /** Tells how far away a date in Retry-After is. @default - the system's clock */
  readonly clock?: Clock;
}

/**
 * Has another system do something, with an idempotency key: `POST` of canonical JSON, so that every attempt has the
 * same bytes, with the key as the draft "The Idempotency-Key HTTP Header Field" has it, a quoted string. Redirects are
 * not followed. docs/payments.md lists what becomes of each answer.
 *
 * Each request has a connection of its own: one that was kept while Lambda froze the function is dead after that, and
 * a request that it swallows looks like one whose answer was lost.
 *
 * @returns The answer's JSON; `undefined` for 204, which has none.
 * @throws NotExecutedError where it is certain that nothing happened and that waiting helps: never sent, throttled, or an error
 *   of the configuration. PermanentError where this request was refused. UnclearError for everything else.
 */
export async function postWithKey(
  url: string,
  body: unknown,
  { context, headers = {}, setting = 'the URL', clock = systemClock }: PostOptions,
): Promise<unknown> {
  const text = jsonOf(body);
  const request = prepare(url, setting, () => ({
    method: 'POST',
    redirect: 'manual',
    signal: context.signal,
    headers: headersOf(headers, context.idempotencyKey),
    body: text,
  }));
  // Without its query, which may hold what no log should.
  const { origin, pathname } = new URL(request.url);
  const place = `${origin}${pathname}`;
  if (context.signal.aborted) throw new NotExecutedError(`No time was left to call ${place}`);
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    throw failureOf(error, place);
  }
  return await readAnswer(response, { url: place, setting, now: clock.now() });
}

/** The names of headers have no case: of two that differ in it alone both would be sent, as one list. */
function headersOf(given: Readonly<Record<string, string>>, key: string): Headers {
  const sent = new Headers({ accept: 'application/json, application/problem+json' });
  for (const [name, value] of Object.entries(given)) sent.set(name, value);
  sent.set('content-type', 'application/json');
  sent.set('idempotency-key', `"${key}"`);
  sent.set('connection', 'close');
  return sent;
}

function jsonOf(body: unknown): string {
  try {
    return canonicalJson(body);
  } catch (cause) {
    throw new NotExecutedError(`Nothing can be sent: the body has no JSON: ${describe(cause)}`, { cause });
  }
}

function prepare(url: string, setting: string, init: () => RequestInit): Request {
  try {
    const request = new Request(url, init());
    if (!/^https?:/.test(request.url)) throw new TypeError(`${new URL(url).protocol} is not spoken here`);
    return request;
  } catch (cause) {
    throw new NotExecutedError(
      `Nothing can be sent: check ${setting}, the headers and the body: ${describe(cause)}`,
      {
        cause,
      },
    );
  }
}
