import type { IncomingMessage, ServerResponse } from 'node:http';
import { seededRandom } from '../../seeded-random.ts';
import { forward, reply } from './forward.ts';
import { dropConnection, listen, readBody } from './loopback-server.ts';

/** How DynamoDB refuses a request while it is away: with no answer, or with an error that passes. */
export const refusals = ['reset', 'internal-error', 'unavailable', 'throttled'] as const;
export type Refusal = (typeof refusals)[number];

/** As DynamoDB names them (Developer Guide, "Error handling with DynamoDB"). */
const answers: Readonly<
  Record<Exclude<Refusal, 'reset'>, { readonly status: number; readonly type: string }>
> = {
  'internal-error': { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
  unavailable: { status: 503, type: 'com.amazon.coral.availability#ServiceUnavailableException' },
  throttled: {
    status: 400,
    type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  },
};

/** DynamoDB's largest request, a BatchWriteItem of 16 MB. */
const maxBody = 16 * 1024 * 1024;

export interface StoreProxyOptions {
  /** Where DynamoDB is. */
  readonly endpoint: string;
  /** How many requests are answered before the outage begins, so that it strikes what is at work. */
  readonly after: number;
  /** How long the outage lasts, in seconds. */
  readonly seconds: number;
  /** Decides which request is refused how. */
  readonly seed: number;
}

/** What became of the requests to the store. */
export interface StoreRequests {
  readonly requests: number;
  /** Those of them that were refused: nothing of them reached the store. */
  readonly refused: number;
  readonly refusals: Readonly<Record<Refusal, number>>;
}

export interface StoreProxy {
  readonly url: string;
  close(): Promise<void>;
  requests(): StoreRequests;
}

/** How the n-th refused request (from 0) is refused; decided by the arguments alone. */
export function refusalOf(seed: number, n: number): Refusal {
  return refusals[Math.floor(seededRandom(seed, 'refusal', n) * refusals.length)] as Refusal;
}

/** Stands between functions and DynamoDB, and hands on what it gets, except for one outage in between. */
export async function startStoreProxy(options: StoreProxyOptions): Promise<StoreProxy> {
  const outage = new Outage(options);
  const { url, close } = await listen((request, response) => {
    // A caller that was killed, and an endpoint that is gone, are the same to the other side: no answer.
    serve(request, response, options.endpoint, outage).catch(() => dropConnection(response));
  });
  return { url, close, requests: () => outage.requests };
}

class Outage {
  readonly #options: StoreProxyOptions;
  readonly #refusals: Record<Refusal, number> = {
    reset: 0,
    'internal-error': 0,
    unavailable: 0,
    throttled: 0,
  };
  #requests = 0;
  #refused = 0;
  #end: number | undefined;

  constructor(options: StoreProxyOptions) {
    this.#options = options;
  }

  /** Counts a request. @returns How it is refused; `undefined` outside of the outage. */
  strike(): Refusal | undefined {
    const { after, seconds, seed } = this.#options;
    this.#requests += 1;
    if (this.#requests <= after) return undefined;
    this.#end ??= performance.now() + seconds * 1000;
    if (performance.now() >= this.#end) return undefined;
    const refusal = refusalOf(seed, this.#refused);
    this.#refused += 1;
    this.#refusals[refusal] += 1;
    return refusal;
  }

  get requests(): StoreRequests {
    return { requests: this.#requests, refused: this.#refused, refusals: { ...this.#refusals } };
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: string,
  outage: Outage,
): Promise<void> {
  const body = await readBody(request, maxBody);
  if (body === undefined) return dropConnection(response);
  const refusal = outage.strike();
  if (refusal === 'reset') return dropConnection(response);
  if (refusal !== undefined) return refuse(response, refusal);
  await reply(response, await forward(request, new URL(request.url ?? '/', endpoint), body));
}

function refuse(response: ServerResponse, refusal: Exclude<Refusal, 'reset'>): void {
  const { status, type } = answers[refusal];
  const body = JSON.stringify({ __type: type, message: 'The store is away, on purpose' });
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}
