import { canonicalJson } from '../../contract/event/canonical-json.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { Answer } from '../../lambda/intake/problem.ts';
import { intakeSource, type Order } from '../workloads/requests.ts';
import type { World } from '../world/world.ts';

/** Checks the answers to clients of the intake: one event per key, and always the first answer. */
export class Answers {
  readonly #world: World;
  /** Orders by the body of their expected event. */
  readonly #orders: ReadonlyMap<string, Order>;
  readonly #published = new Set<Order>();
  /** The first answer of each order. */
  readonly #first = new Map<Order, Answer>();
  /** Whether every order has its answer, so that no event may be published any more. */
  #isOver = false;

  constructor(world: World, orders: readonly Order[]) {
    this.#world = world;
    this.#orders = new Map(orders.map((order) => [canonicalJson(order.event), order]));
  }

  /** The topic accepted a new body. */
  published(body: string): void {
    const order = this.#orders.get(body);
    if (order !== undefined) this.#published.add(order);
    else if (body.includes(`"source":"${intakeSource}`)) {
      const { subject, partitionkey, data } = JSON.parse(body) as OrderEvent;
      this.#world.violated(
        `an event that is no client's came to the topic: ${subject} of ${partitionkey} for ${data.total}`,
      );
    }
  }

  /** An event is about to be published. */
  publishes({ subject, partitionkey }: OrderEvent): void {
    if (!this.#isOver) return;
    this.#world.violated(`${subject} of ${partitionkey} is published again, after its answer`);
  }

  /**
   * @param isItsOwn `true` for the order itself, `false` for another order under its key.
   * @param answer A final answer.
   */
  answered(order: Order, isItsOwn: boolean, answer: Answer): void {
    const { statusCode, body } = answer;
    const { key } = order.request;
    if (!isItsOwn) {
      if (statusCode !== 422) this.#world.violated(`another order under ${key} was answered ${statusCode}`);
      return;
    }
    const said = `${key} was answered ${statusCode}`;
    if (statusCode !== 202) this.#world.violated(`${said}: ${body}`);
    else if (!this.#published.has(order)) this.#world.violated(`${said} before its event was published`);
    else if (body !== acceptanceOf(order)) this.#world.violated(`${said} for another event: ${body}`);
    const first = this.#first.get(order);
    if (first === undefined) this.#first.set(order, answer);
    else if (JSON.stringify(first) !== JSON.stringify(answer)) {
      this.#world.violated(`${said}, and not as the first time`);
    }
  }

  /** Checks, after the faults, that every order has its answer. */
  checkAll(): void {
    this.#isOver = true;
    for (const order of this.#orders.values()) {
      if (!this.#first.has(order)) this.#world.violated(`${order.request.key} was never answered`);
    }
  }
}

function acceptanceOf({ event: { source, id } }: Order): string {
  return JSON.stringify({ source, id });
}
