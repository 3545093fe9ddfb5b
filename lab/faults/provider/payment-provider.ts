import { setTimeout as delay } from 'node:timers/promises';
import {
  type Answer,
  type Fate,
  type FaultProxy,
  type FaultProxyOptions,
  type ReceivedRequest,
  startFaultProxy,
} from '../proxy/fault-proxy.ts';
import { RequestLog } from '../request-log.ts';
import { type ChargeRequest, readCharge, readKey } from './charge-request.ts';
import {
  chargeFaultOf,
  type FaultPlan,
  forgetful,
  type ProviderFault,
  type ProviderMode,
} from './provider-faults.ts';

/** Delay of a slow answer, in ms. */
const slowMs = 1000;
/** Largest body, in bytes. A charge has a few hundred. */
const maxBody = 64 * 1024;

export interface ProviderOptions extends Pick<FaultProxyOptions, 'host'> {
  /** File that gets a line for each request. */
  readonly file: string;
  readonly mode: ProviderMode;
  /** Seed that decides which requests get a fault. */
  readonly seed: number;
  /** How long a key is remembered, in ms. Only the modes `forget` and `mixed` forget it after that. */
  readonly keyRetentionMs: number;
}

/** The result of the previous request with the same key. */
export type ResendCause =
  | 'slow'
  | 'hung'
  | 'failed before charging'
  | 'answer lost'
  | 'answered, but its caller ended'
  | 'refused';

/**
 * One request to charge. The requests with `charged` are the charges; a second one for the same reference is a double
 * charge.
 */
export interface ProviderRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The idempotency key; empty if the request had none. */
  readonly key: string;
  readonly reference?: ChargeRequest['reference'];
  readonly amount?: string;
  readonly currency?: string;
  readonly charged: boolean;
  /** The fault of this request. */
  readonly fault: ProviderFault | 'none';
  /** HTTP status of the answer. */
  readonly answer: number | 'none';
  /** Whether there was an earlier request with this key. */
  readonly resent: boolean;
  readonly cause?: ResendCause;
}

export interface Provider extends FaultProxy {
  /** URL to which charges are posted. */
  readonly url: string;
  /** All requests to charge so far. */
  requests(): Promise<ProviderRequest[]>;
}

/**
 * Starts a payment provider on this machine that follows the draft "The Idempotency-Key HTTP Header Field"
 * (draft-ietf-httpapi-idempotency-key-header). `POST /charges` with the same key and payload gets the first answer
 * again, 409 while the first request is being processed, 422 with another payload, and 400 without a key. Its mode
 * decides how it fails.
 */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const log = new RequestLog<ProviderRequest>(options.file);
  const provider = new PaymentProvider(options, log);
  const { url, close } = await startFaultProxy({
    host: options.host,
    maxBody,
    policy: (request, _, signal) => provider.serve(request, signal),
  });
  return { url: `${url}/charges`, close, requests: () => log.read() };
}

/** The stored request of a key. */
interface Remembered {
  readonly fingerprint: string;
  readonly body: object;
  readonly since: number;
  inProgress: boolean;
}

class PaymentProvider {
  readonly #options: ProviderOptions;
  readonly #log: RequestLog<ProviderRequest>;
  readonly #keys = new Map<string, Remembered>();
  /** For every key, including forgotten ones: the number of requests, and the result of the last one. */
  readonly #history = new Map<string, { readonly count: number; readonly last: ResendCause }>();
  #charges = 0;

  constructor(options: ProviderOptions, log: RequestLog<ProviderRequest>) {
    this.#options = options;
    this.#log = log;
  }

  async serve({ method, path, headers, body }: ReceivedRequest, signal: AbortSignal): Promise<Fate> {
    if (path !== '/charges') return problem(404, 'There is nothing here; charges are made at /charges');
    if (method !== 'POST') return problem(405, 'Charges are made with POST');
    const key = readKey(headers);
    const charge = body && readCharge(body);
    const refusal = this.#refusal(key, charge);
    if (refusal !== undefined || charge === undefined) {
      const answer = refusal ?? problem(400, 'No charge');
      this.#note(key, charge, { charged: false, fault: 'none', answer: answer.status }, 'refused');
      return answer;
    }
    return await this.#charge(key, charge, signal);
  }

  #refusal(key: string, charge: ChargeRequest | undefined): Answer | undefined {
    if (key === '') return problem(400, 'Idempotency-Key is missing');
    if (charge === undefined) {
      return problem(
        400,
        'The body is no charge: reference {source, id}, amount > 0 and currency are needed',
      );
    }
    const remembered = this.#remembered(key);
    if (remembered === undefined) return undefined;
    if (remembered.fingerprint !== charge.fingerprint) {
      return problem(422, 'Idempotency-Key is already used for another payload');
    }
    return remembered.inProgress
      ? problem(409, 'A request of this Idempotency-Key is in progress')
      : undefined;
  }

  async #charge(key: string, charge: ChargeRequest, signal: AbortSignal): Promise<Fate> {
    const { mode, seed } = this.#options;
    const plan = chargeFaultOf(mode, seed, key, (this.#history.get(key)?.count ?? 0) + 1);
    const known = this.#remembered(key);
    const charged = plan.charges && known === undefined;
    const remembered = known ?? (charged ? this.#remember(key, charge) : undefined);
    this.#note(key, charge, { charged, fault: plan.fault, answer: statusOf(plan) }, causes[plan.fault]);
    if (plan.fault === 'slow' && remembered !== undefined) {
      remembered.inProgress = true;
      await delay(slowMs, undefined, { signal });
      remembered.inProgress = false;
    }
    switch (plan.ending) {
      case 'answer':
        return json(201, remembered?.body ?? {});
      case 'status 500':
        return problem(500, 'Something went wrong here');
      default:
        return plan.ending;
    }
  }

  #remember(key: string, { fingerprint, reference, amount, currency }: ChargeRequest): Remembered {
    this.#charges += 1;
    const body = { id: `ch_${this.#charges}`, status: 'charged', reference, amount, currency };
    const remembered = { fingerprint, body, since: Date.now(), inProgress: false };
    this.#keys.set(key, remembered);
    return remembered;
  }

  #remembered(key: string): Remembered | undefined {
    const { mode, keyRetentionMs } = this.#options;
    const found = this.#keys.get(key);
    if (found !== undefined && forgetful.has(mode) && Date.now() - found.since > keyRetentionMs) {
      this.#keys.delete(key);
      return undefined;
    }
    return found;
  }

  #note(
    key: string,
    charge: ChargeRequest | undefined,
    done: Pick<ProviderRequest, 'charged' | 'fault' | 'answer'>,
    becomes: ResendCause,
  ): void {
    const before = key === '' ? undefined : this.#history.get(key);
    const { reference, amount, currency } = charge ?? {};
    this.#log.append({
      at: Date.now(),
      key,
      ...(reference && { reference }),
      ...(amount !== undefined && { amount }),
      ...(currency !== undefined && { currency }),
      ...done,
      resent: before !== undefined,
      ...(before && { cause: before.last }),
    });
    this.#history.set(key, { count: (before?.count ?? 0) + 1, last: becomes });
  }
}

const causes: Readonly<Record<FaultPlan['fault'], ResendCause>> = {
  none: 'answered, but its caller ended',
  slow: 'slow',
  hang: 'hung',
  'fail-before': 'failed before charging',
  'fail-after': 'answer lost',
};

function statusOf({ ending }: FaultPlan): ProviderRequest['answer'] {
  if (ending === 'answer') return 201;
  return ending === 'status 500' ? 500 : 'none';
}

/** RFC 9457. */
function problem(status: number, detail: string): Answer {
  return json(status, { status, detail });
}

function json(status: number, body: object): Answer {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return { status, headers: { 'content-type': type }, body: JSON.stringify(body) };
}
