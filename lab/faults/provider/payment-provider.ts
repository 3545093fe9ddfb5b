import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { dropConnection, listen, readBody } from '../proxy/loopback-server.ts';
import { RequestLog } from '../request-log.ts';
import { type ChargeRequest, readCharge, readKey } from './charge-request.ts';
import {
  blowOf,
  type FaultPlan,
  forgetful,
  type ProviderFault,
  type ProviderMode,
} from './provider-faults.ts';

/** How long a slow answer takes, in ms. */
const slowMs = 1000;
/** In bytes; a charge has some hundreds. */
const maxBody = 64 * 1024;

export interface ProviderOptions {
  /** Gets a line for each request. */
  readonly file: string;
  readonly mode: ProviderMode;
  /** Decides which requests are struck. */
  readonly seed: number;
  /** For how long a key is remembered at least, in ms; the modes `forget` and `mixed` forget it then. */
  readonly keyRetention: number;
}

/** What had happened to the request before, of the same key. */
export type ResendCause =
  | 'slow'
  | 'hung'
  | 'failed before charging'
  | 'answer lost'
  | 'answered, but its caller ended'
  | 'refused';

/** One request to charge. Those with `charged` are the charges: two of one reference are one too many. */
export interface ProviderRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Empty where the request had none. */
  readonly key: string;
  readonly reference?: ChargeRequest['reference'];
  readonly amount?: string;
  readonly currency?: string;
  readonly charged: boolean;
  /** What was done to this request. */
  readonly fault: ProviderFault | 'none';
  /** Its status. */
  readonly answer: number | 'none';
  /** Whether there was a request of this key before. */
  readonly resent: boolean;
  readonly cause?: ResendCause;
}

export interface Provider {
  /** Where charges are posted. */
  readonly url: string;
  close(): Promise<void>;
  /** All requests to charge that came until now. */
  requests(): Promise<ProviderRequest[]>;
}

/**
 * A payment provider on this machine, as the draft "The Idempotency-Key HTTP Header Field"
 * (draft-ietf-httpapi-idempotency-key-header) wants one: `POST /charges` with the same key and payload gets the first
 * answer again, 409 while the first is being processed, 422 with another payload, and 400 without a key. And it fails
 * as real ones do, by its mode.
 */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const log = new RequestLog<ProviderRequest>(options.file);
  const desk = new PaymentProvider(options, log);
  const closing = new AbortController();
  const { url, close } = await listen((request, response) => {
    // Callers may be killed at any point: what is under way for them just ends.
    desk.serve(request, response, closing.signal).catch(() => dropConnection(response));
  });
  return {
    url: `${url}/charges`,
    close: async () => {
      closing.abort();
      await close();
    },
    requests: () => log.read(),
  };
}

/** What is remembered of a key. */
interface Remembered {
  readonly fingerprint: string;
  readonly body: object;
  readonly since: number;
  inProgress: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

class PaymentProvider {
  readonly #options: ProviderOptions;
  readonly #log: RequestLog<ProviderRequest>;
  readonly #keys = new Map<string, Remembered>();
  /** Of every key, forgotten ones too: how many requests there were, and what became of the last. */
  readonly #history = new Map<string, { readonly count: number; readonly last: ResendCause }>();
  #charges = 0;

  constructor(options: ProviderOptions, log: RequestLog<ProviderRequest>) {
    this.#options = options;
    this.#log = log;
  }

  async serve(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const body = await readBody(request, maxBody);
    if (new URL(request.url ?? '/', 'http://provider').pathname !== '/charges') {
      return send(response, problem(404, 'There is nothing here; charges are made at /charges'));
    }
    if (request.method !== 'POST') {
      return send(response, problem(405, 'Charges are made with POST'));
    }
    const key = readKey(request.headers);
    const charge = body && readCharge(body);
    const refusal = this.#refusal(key, charge);
    if (refusal !== undefined || charge === undefined) {
      const answer = refusal ?? problem(400, 'No charge');
      this.#note(key, charge, { charged: false, fault: 'none', answer: answer.status }, 'refused');
      return send(response, answer);
    }
    await this.#charge(key, charge, response, signal);
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

  async #charge(
    key: string,
    charge: ChargeRequest,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { mode, seed } = this.#options;
    const blow = blowOf(mode, seed, key, (this.#history.get(key)?.count ?? 0) + 1);
    const known = this.#remembered(key);
    const charged = blow.charges && known === undefined;
    const remembered = known ?? (charged ? this.#remember(key, charge) : undefined);
    this.#note(key, charge, { charged, fault: blow.fault, answer: statusOf(blow) }, causes[blow.fault]);
    if (blow.fault === 'slow' && remembered !== undefined) {
      remembered.inProgress = true;
      await delay(slowMs, undefined, { signal });
      remembered.inProgress = false;
    }
    switch (blow.ending) {
      case 'answer':
        return send(response, { status: 201, body: remembered?.body ?? {} });
      case 'status 500':
        return send(response, problem(500, 'Something went wrong here'));
      case 'cut':
        return dropConnection(response);
      case 'never':
        return;
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
    const { mode, keyRetention } = this.#options;
    const found = this.#keys.get(key);
    if (found !== undefined && forgetful.has(mode) && Date.now() - found.since > keyRetention) {
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
  return { status, body: { status, detail } };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}
