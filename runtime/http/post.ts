import { type Clock, systemClock } from '../../contract/clock.ts';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { ExternalContext } from '../guarantees/guarantee.ts';
import { describe, NotExecutedError } from '../handler/errors.ts';
import { readAnswer } from './answer.ts';
import { hiding, type ReadAuthorization, readCredential } from './credential.ts';
import { failureOf } from './failure.ts';

export interface PostOptions {
  /** The handler's context: the request carries its key, and its signal cancels the request. */
  readonly context: Pick<ExternalContext, 'idempotencyKey' | 'signal'>;
  /** Additional headers, for example `authorization`. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Reads the value of the header `authorization`, for a credential that may change while the function runs. The value is
   * removed from the texts of errors.
   * @default - that of `headers`, if it is there
   */
  readonly authorization?: ReadAuthorization;
  /** The setting that contains the URL, for error messages. @default the URL */
  readonly setting?: string;
  /** Clock for a date in Retry-After. @default - the system's clock */
  readonly clock?: Clock;
}

/**
 * Calls another system with an idempotency key: `POST` of canonical JSON, so that every attempt has the same bytes. The
 * key is a quoted string, as in the draft "The Idempotency-Key HTTP Header Field". Redirects are not followed.
 * docs/payments.md lists the meaning of each answer.
 *
 * Each request opens its own connection. A connection that was kept while Lambda froze the function is dead afterwards,
 * and a request on it looks like one whose answer was lost.
 *
 * @returns The answer's JSON; `undefined` for 204, which has none.
 * @throws NotExecutedError if it is certain that nothing happened and a retry helps: not sent, throttled, or a
 *   configuration error. PermanentError if the request was refused. UnclearError in all other cases. ConfigurationError if
 *   no header can have the value of `authorization`. Whatever `authorization` throws.
 */
export async function postWithKey(
  url: string,
  body: unknown,
  { authorization, ...options }: PostOptions,
): Promise<unknown> {
  const text = jsonOf(body);
  if (authorization === undefined) return await (await send(url, text, options)).read();
  const credential = await readCredential(authorization);
  const answer = await send(url, text, options, credential);
  if (answer.status !== 401) return await answer.read();
  // The credential may have been rotated. A 401 did nothing, so the request may be sent again.
  const renewed = await readCredential(authorization, credential);
  if (renewed === credential) return await answer.read();
  return await (await send(url, text, options, renewed)).read();
}

/** @returns The status of the answer, and a function that reads it. */
async function send(
  url: string,
  text: string,
  { context, headers = {}, setting = 'the URL', clock = systemClock }: Omit<PostOptions, 'authorization'>,
  authorization?: string,
) {
  const request = prepare(url, setting, () => ({
    method: 'POST',
    redirect: 'manual',
    signal: context.signal,
    headers: headersOf(
      authorization === undefined ? headers : { ...headers, authorization },
      context.idempotencyKey,
    ),
    body: text,
  }));
  // Without the query, which may contain secrets.
  const { origin, pathname } = new URL(request.url);
  const place = `${origin}${pathname}`;
  if (context.signal.aborted) throw new NotExecutedError(`No time was left to call ${place}`);
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    throw failureOf(error, place);
  }
  const hide = hiding(authorization);
  return {
    status: response.status,
    read: () => readAnswer(response, { url: place, setting, now: clock.now(), hide }),
  };
}

/** Header names are case-insensitive: two names that differ only in case would both be sent, as one list. */
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
