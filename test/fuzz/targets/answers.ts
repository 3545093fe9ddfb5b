import assert from 'node:assert/strict';
import fc from 'fast-check';
import { retryAfterOf } from '../../../runtime/handler/errors.ts';
import { readAnswer } from '../../../runtime/http/answer.ts';
import { failureOf } from '../../../runtime/http/failure.ts';
import { encodeResult, NotExecutedError, PermanentError, UnclearError } from '../../../runtime/index.ts';
import { bodies, jsonTexts, largeBodies, numerals, texts } from '../inputs/hostile.ts';
import { target } from '../target.ts';

interface Answering {
  readonly status: number;
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
  /** What becomes of the body: it is read, it breaks off, or it goes on and on. */
  readonly how: 'whole' | 'cut' | 'endless';
}

/** What a header can hold: no line breaks, and bytes only. */
const headerValues = fc
  .oneof(
    texts,
    numerals,
    fc.constantFrom(
      'Fri, 31 Dec 1999 23:59:59 GMT',
      'Fri, x GMT',
      'Mon, 01 Jan 275760 00:00:00 GMT',
      '1e3',
      '-1',
      '9'.repeat(400),
    ),
  )
  .map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').trim());

const problems = fc
  .tuple(fc.constantFrom('detail', 'title', 'toString', '__proto__'), jsonTexts)
  .map(([name, json]) => `{"${name}":${json}}`);

const inputs: fc.Arbitrary<Answering> = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 201, 202, 204, 400, 402, 408, 409, 422, 425, 429),
    fc.integer({ min: 200, max: 599 }),
  ),
  body: fc.oneof(bodies, problems),
  headers: fc.array(fc.tuple(fc.constantFrom('retry-after', 'location', 'content-type', 'x'), headerValues), {
    maxLength: 3,
  }),
  how: fc.oneof(
    { weight: 8, arbitrary: fc.constant('whole' as const) },
    fc.constantFrom('cut' as const, 'endless' as const),
  ),
});

/** By docs/payments.md. */
const certainlyNothing = new Set([401, 403, 404, 405, 410, 415, 425, 429]);
const refusedForGood = new Set([400, 402, 413, 422]);
const url = 'https://payments.example/charges';

/** Only what is certain is called done, refused or not done; the rest is unclear, whatever the other side sends. */
export const answers = target<Answering>({
  name: 'answers',
  runs: 1_500,
  inputs,
  examples: largeBodies.flatMap((body) =>
    [200, 400, 500].map((status) => ({ status, body, headers: [], how: 'whole' as const })),
  ),
  check: async ({ status, body, headers, how }) => {
    const hasBody = ![204, 205, 304].includes(status);
    const response = new Response(hasBody ? sent(body, how) : null, {
      status,
      headers: headers.map(([name, value]) => [name, value]),
    });
    const [kind, value] = await readAnswer(response, {
      url,
      setting: 'PAYMENT_URL',
      now: 1_700_000_000_000,
      hide: (text) => text,
    }).then(
      (value) => ['done' as const, value],
      (error: unknown) => ['failed' as const, error],
    );
    if (kind === 'done') {
      assert.ok(status === 204 || (status >= 200 && status < 300 && how === 'whole'), `${status} was done`);
      if (status !== 204)
        assert.deepEqual(encodeResult(value), encodeResult(JSON.parse(Buffer.from(body).toString())));
      return;
    }
    const wanted = certainlyNothing.has(status)
      ? NotExecutedError
      : refusedForGood.has(status)
        ? PermanentError
        : UnclearError;
    assert.ok(value instanceof wanted, `${status}: ${value}`);
    const { length } = value.message;
    assert.ok(
      length < 800 + headers.reduce((sum, [, text]) => sum + text.length, 0),
      `a message of ${length} characters`,
    );
    const wait = retryAfterOf(value);
    assert.ok(wait === undefined || (Number.isFinite(wait) && wait >= 0), `${wait}`);
  },
});

const most = 300_000;

function sent(body: string, how: Answering['how']): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(body);
  let pulled = 0;
  return new ReadableStream({
    pull(controller) {
      pulled += 1;
      assert.ok(pulled < 1_000, 'It reads on and on');
      if (how === 'endless') controller.enqueue(new Uint8Array(most / 100));
      else if (pulled === 1 && bytes.length > 0) controller.enqueue(new Uint8Array(bytes));
      else if (how === 'cut') controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
}

interface Failing {
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
  readonly addresses: number;
  readonly isInside: boolean;
}

/** A request without an answer is unclear, unless nothing was sent. */
export const failures = target<Failing>({
  name: 'failures',
  runs: 500,
  inputs: fc.record({
    message: texts,
    code: fc.option(fc.oneof(texts, fc.constantFrom('ECONNREFUSED', 'ECONNRESET', 'CERT_HAS_EXPIRED')), {
      nil: undefined,
    }),
    syscall: fc.option(fc.oneof(texts, fc.constantFrom('connect', 'getaddrinfo', 'read', 'write')), {
      nil: undefined,
    }),
    addresses: fc.nat(3),
    isInside: fc.boolean(),
  }),
  check: ({ message, code, syscall, addresses, isInside }) => {
    const cause = Object.assign(new Error(message), { code, syscall });
    const all = addresses === 0 ? cause : new AggregateError(Array(addresses).fill(cause), '');
    const failure = failureOf(isInside ? new TypeError('fetch failed', { cause: all }) : all, url);
    const nothingSent = syscall === 'connect' || syscall === 'getaddrinfo' || code === 'CERT_HAS_EXPIRED';
    assert.ok(failure instanceof (nothingSent ? NotExecutedError : UnclearError), String(failure));
    assert.ok(failure.message.length < 1_200 && failure.message.includes(url));
  },
});
