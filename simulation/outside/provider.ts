import { actingIn } from '../world/acting.ts';
import type { FaultKind } from '../world/faults.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';

export interface Charge {
  readonly key: string;
  readonly body: string;
  readonly at: number;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/**
 * A payment provider with `Idempotency-Key`. Within its retention, a repeated key gets the first answer, or 422 with
 * another payload. After that it charges again.
 */
export class PaymentProvider {
  readonly charges: Charge[] = [];
  /** How long the provider remembers a key, in ms. */
  readonly memory: number;
  /** Called for each charge. */
  onCharge: (charge: Charge) => void = () => {};
  readonly #open = new Set<Request>();
  readonly #world: World;
  readonly #keyOf: (key: string) => string;

  /** @param keyOf The event's idempotency key, by the key that a request carries. */
  constructor(world: World, memory: number, keyOf: (key: string) => string) {
    this.#world = world;
    this.memory = memory;
    this.#keyOf = keyOf;
  }

  /** The replacement of `fetch` in a run. */
  readonly fetch = async (input: string | URL | Request): Promise<Response> => {
    const process = actingIn(this.#world);
    if (process === undefined || !(input instanceof Request)) throw new Error('No process of the run called');
    const { signal } = input;
    const key = (input.headers.get('idempotency-key') ?? '').replaceAll('"', '');
    const body = await input.text();
    // Keeps a reference: otherwise the request is garbage-collected at a time that does not depend on the seed, and its
    // signal no longer works.
    this.#open.add(input);
    try {
      return await new Promise<Response>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        this.#call(process, key, body).then(resolve, reject);
      });
    } finally {
      this.#open.delete(input);
    }
  };

  #call(process: VirtualProcess, key: string, body: string): Promise<Response> {
    const event = this.#keyOf(key);
    return process.call<Response>(
      `charge ${event}`,
      () => {
        const answer = this.#answer(key, body, event);
        // A promise that stays pending, as the answer does.
        return answer === undefined ? new Promise<Response>(() => {}) : responseOf(answer);
      },
      {
        lost: () => {
          throw networkError('ECONNRESET', 'read');
        },
        throttled: () => {
          throw networkError('ECONNREFUSED', 'connect');
        },
      },
      { keys: [event], isOutside: true },
    );
  }

  #answer(key: string, body: string, event: string): Answer | undefined {
    const { faults, chance, now } = this.#world;
    if (faults.strikes('provider 429', event)) {
      return { status: 429, headers: { 'retry-after': String(chance.below(90)) } };
    }
    if (faults.strikes('provider 402', event)) return { status: 402, body: { title: 'card refused' } };
    const unclear = (kind: FaultKind) => {
      if (!faults.strikes(kind, event)) return false;
      this.#world.unclear.add(event);
      return true;
    };
    if (unclear('provider 5xx before')) return { status: 503 };
    if (unclear('provider 409')) return { status: 409 };
    const known = this.charges.findLast((charge) => charge.key === key && now - charge.at < this.memory);
    if (known !== undefined && known.body !== body) return { status: 422 };
    if (known === undefined) {
      const charge = { key, body, at: now };
      this.charges.push(charge);
      this.onCharge(charge);
    }
    if (unclear('provider 5xx after')) return { status: 500 };
    if (unclear('provider silent')) return undefined;
    return { status: 201, body: { id: `charge-of-${event}` } };
  }
}

/** The parts of a Response that the runtime reads. A real one creates streams, which are too slow for a run. */
function responseOf({ status, headers = {}, body }: Answer): Response {
  const bytes = body === undefined ? [] : [Buffer.from(JSON.stringify(body))];
  const response = { status, ok: status < 300, headers: new Headers(headers), body: bytes };
  return response as unknown as Response;
}

/** An error like `fetch`'s, with the reason in its cause. */
function networkError(code: string, syscall: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code, syscall }) });
}
