import { canonicalJson } from '../../../contract/canonical-json.ts';
import type { OrderEvent } from '../../../contract/order-event.ts';
import type { Answer } from '../../../runtime/intake/problem.ts';
import { intakeSource } from '../workloads/requests.ts';
import type { World } from '../world/world.ts';

/** What clients of the intake must see: one event for each key, and one answer, the first. */
export class Answers {
  readonly #world: World;
  readonly #events: readonly OrderEvent[];
  /** Bodies of the events that must come of requests. */
  readonly #bodies: ReadonlySet<string>;
  readonly #published = new Set<string>();
  /** By event: its first answer that was no refusal. */
  readonly #first = new Map<OrderEvent, Answer>();
  /** Whether every order has its answer, so that nothing is to be published any more. */
  #isOver = false;

  /** @param events Those that must come of requests. */
  constructor(world: World, events: readonly OrderEvent[]) {
    this.#world = world;
    this.#events = events;
    this.#bodies = new Set(events.map(canonicalJson));
  }

  /** The topic accepted a body that it never had before. */
  published(body: string): void {
    if (this.#bodies.has(body)) this.#published.add(body);
    else if (body.includes(`"source":"${intakeSource}`)) {
      this.#world.violated(`the topic has an event that no client ordered: ${body.slice(0, 200)}`);
    }
  }

  /** An event is about to be published. */
  publishes(id: string): void {
    if (this.#isOver) this.#world.violated(`${id} is published again, after its answer`);
  }

  /**
   * @param isItsOwn Whether the request was the event's own, and not another order under its key.
   * @param answer Absent where it was lost.
   */
  answered(event: OrderEvent, isItsOwn: boolean, answer: Answer | undefined): void {
    if (answer === undefined || isPassing(answer)) return;
    const { statusCode, body } = answer;
    const said = `${event.id} was answered ${statusCode}`;
    if (!isItsOwn) {
      if (statusCode !== 422) this.#world.violated(`another order under the key of ${said}, and not 422`);
      return;
    }
    const { source, id } = event;
    if (statusCode !== 202) this.#world.violated(`${said}: ${body}`);
    else if (!this.#published.has(canonicalJson(event)))
      this.#world.violated(`${said} before it was published`);
    else if (body !== JSON.stringify({ source, id })) this.#world.violated(`${said} for another: ${body}`);
    const first = this.#first.get(event);
    if (first === undefined) this.#first.set(event, answer);
    else if (JSON.stringify(first) !== JSON.stringify(answer)) {
      this.#world.violated(`${said}, and not as the first time`);
    }
  }

  /** Faults have ceased long ago. */
  checkEnd(): void {
    this.#isOver = true;
    for (const event of this.#events) {
      if (!this.#first.has(event)) this.#world.violated(`the order of ${event.id} was never answered`);
    }
  }
}

/** Try again, it says. */
function isPassing({ statusCode }: Answer): boolean {
  return statusCode === 409 || statusCode >= 500;
}
