import type { Answer } from '../../lambda/intake/problem.ts';
import { post } from '../../test/support/http.ts';
import type { Answers } from '../oracle/answers.ts';
import type { Extra } from '../workloads/planned-event.ts';
import type { Order } from '../workloads/requests.ts';
import { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import type { IntakeFunction } from './intake.ts';

/** Longest pause before an ended client restarts, and before a client tries again, in ms. */
const longestPause = 120_000;
const firstBackoff = 1000;
const longestBackoff = 300_000;

/**
 * Clients that send orders over HTTP: one for each account. It sends each order until it gets the answer, then the next
 * one.
 */
export class Clients {
  readonly #world: World;
  readonly #intake: IntakeFunction;
  readonly #answers: Answers;
  readonly #orders: readonly Order[];
  #others = 0;

  constructor(world: World, intake: IntakeFunction, answers: Answers, orders: readonly Order[]) {
    this.#world = world;
    this.#intake = intake;
    this.#answers = answers;
    this.#orders = orders;
  }

  begin(): void {
    for (const account of new Set(this.#orders.map(({ event }) => event.partitionkey))) {
      this.#sendAll(
        account,
        this.#orders.filter(({ event }) => event.partitionkey === account),
      );
    }
  }

  /** Sends the same request again, or another order under its key, from an independent client. */
  sendExtra(order: Order, { kind, body }: Extra): void {
    this.#world.faults.count(kind);
    void this.#other(order, body);
  }

  /** Sends every order again. */
  askAgain(): void {
    for (const order of this.#orders) void this.#other(order, order.request.body);
  }

  /** When a client's process ends, another one continues with the current order. */
  #sendAll(account: string, orders: readonly Order[]): void {
    const { scheduler, chance } = this.#world;
    let done = 0;
    let runs = 0;
    const start = () => {
      runs += 1;
      const process = new VirtualProcess(this.#world, `client/${account}/${runs}`);
      process.onEnd = () => scheduler.after(chance.below(longestPause), start);
      const send = async () => {
        for (const order of orders.slice(done)) {
          await process.clock.sleep(order.gap);
          if (this.#world.faults.strikes('requests at once', process.name)) {
            void this.#other(order, order.request.body);
          }
          await this.#settle(process, order, order.request.body);
          done += 1;
        }
      };
      void send();
    };
    start();
  }

  async #other(order: Order, body: string): Promise<void> {
    this.#others += 1;
    const process = new VirtualProcess(this.#world, `client/other/${this.#others}`);
    await this.#settle(process, order, body);
  }

  /** Sends the order until it gets a final answer. */
  async #settle(process: VirtualProcess, order: Order, body: string): Promise<void> {
    const { userId, key } = order.request;
    for (let backoff = firstBackoff; ; backoff = Math.min(backoff * 2, longestBackoff)) {
      const answer = await process.call<Answer | undefined>(
        `POST ${key}`,
        () => this.#intake.post(post({ key, body, userId })),
        { lost: () => undefined },
      );
      if (answer !== undefined && isFinal(answer)) {
        this.#answers.answered(order, body === order.request.body, answer);
        return;
      }
      await process.clock.sleep(process.random.between(backoff / 2, backoff));
    }
  }
}

function isFinal({ statusCode }: Answer): boolean {
  return statusCode < 500 && statusCode !== 409;
}
