import { seededRandom } from '../../seeded-random.ts';
import {
  type Answer,
  type FaultPolicy,
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
} from './fault-proxy.ts';

/** How DynamoDB refuses a request during the outage: without an answer, or with a temporary error. */
export const refusals = ['reset', 'internal-error', 'unavailable', 'throttled'] as const;
export type Refusal = (typeof refusals)[number];

/** DynamoDB's answers for these errors (Developer Guide, "Error handling with DynamoDB"). */
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

export interface StoreProxyOptions extends Pick<FaultProxyOptions, 'host'> {
  /** URL of DynamoDB. */
  readonly endpoint: string;
  /** Number of requests that are answered before the outage starts, so that it starts while functions work. */
  readonly after: number;
  /** How long the outage lasts, in seconds. */
  readonly seconds: number;
  /** Seed that decides how each request is refused. */
  readonly seed: number;
}

/** Counts of the requests to the store. */
export interface StoreRequests {
  readonly requests: number;
  /** Number of refused requests, which never reached the store. */
  readonly refused: number;
  readonly refusals: Readonly<Record<Refusal, number>>;
}

export interface StoreProxy extends FaultProxy {
  requests(): StoreRequests;
}

/** How the n-th refused request (from 0) is refused; it depends only on the arguments. */
export function refusalOf(seed: number, n: number): Refusal {
  return refusals[Math.floor(seededRandom(seed, 'refusal', n) * refusals.length)] as Refusal;
}

/** Starts a proxy between functions and DynamoDB. It forwards every request, except during one outage. */
export async function startStoreProxy(options: StoreProxyOptions): Promise<StoreProxy> {
  const outage = new Outage(options);
  const policy: FaultPolicy = async ({ body }, forward) => {
    if (body === undefined) return 'cut';
    const refusal = outage.next();
    if (refusal === undefined) return await forward();
    return refusal === 'reset' ? 'cut' : refused(refusal);
  };
  const proxy = await startFaultProxy({ host: options.host, upstream: options.endpoint, maxBody, policy });
  return { ...proxy, requests: () => outage.requests };
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

  /** Counts a request. @returns How the request is refused; `undefined` outside of the outage. */
  next(): Refusal | undefined {
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

function refused(refusal: Exclude<Refusal, 'reset'>): Answer {
  const { status, type } = answers[refusal];
  const body = JSON.stringify({ __type: type, message: 'The store refuses this request on purpose' });
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}
