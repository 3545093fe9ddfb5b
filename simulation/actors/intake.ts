import type { Context } from 'aws-lambda';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { createIntake, type HttpRequest } from '../../lambda/intake/create-intake.ts';
import type { Answer } from '../../lambda/intake/problem.ts';
import { fitsTopic, publishEvent } from '../../publisher/index.ts';
import { Environments } from '../broker/environments.ts';
import type { FifoTopic } from '../broker/topic.ts';
import { type DynamoDbRunStore, recordTable } from '../ports/dynamodb.ts';
import { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { skewOf } from './function.ts';

export interface IntakeOptions {
  readonly store: DynamoDbRunStore;
  readonly topic: FifoTopic;
  /** Timeout of the function, in ms. */
  readonly timeout: number;
  readonly recordTtlSeconds: number;
  /** Called with each event that is about to be published. */
  readonly onPublish: (event: OrderEvent) => void;
}

/** The answer of an HTTP API if the function does not answer. */
const unavailable: Answer = {
  statusCode: 503,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: 'Service Unavailable' }),
};

/** The deployed intake: an HTTP API and the processes of its function. */
export class IntakeFunction {
  readonly #environments: Environments<ReturnType<typeof createIntake>>;

  constructor(world: World, { store, topic, timeout, recordTtlSeconds, onPublish }: IntakeOptions) {
    this.#environments = new Environments(world, {
      timeout: () => timeout,
      onReturn: () => {},
      start: (ordinal) => {
        const process = new VirtualProcess(world, `intake/${ordinal}`, skewOf(world, 'intake'));
        const handle = createIntake({
          events: {
            fits: (event) => fitsTopic({ event, firstPublished: Number.MAX_SAFE_INTEGER }),
            publish: async (event, firstPublished) => {
              onPublish(event);
              await publishEvent(topic.seenBy(process), { event, firstPublished });
            },
          },
          table: recordTable,
          recordTtlSeconds,
          client: store.client,
          clock: process.clock,
          output: (line) => {
            const { status, code = '', reason = '' } = JSON.parse(line) as Record<string, string>;
            world.note(process.name, `answers ${status} ${code} ${reason}`.trimEnd());
          },
        });
        return {
          process,
          busy: false,
          handle: (request, context) =>
            store.calling({ process, label: 'record' }, () => handle(request, context)),
        };
      },
    });
  }

  post(request: HttpRequest): Promise<Answer> {
    return new Promise((resolve) => {
      this.#environments.invoke(
        'is invoked by a request',
        (handle, context) => handle(request, context as Context),
        (answer) => resolve(answer ?? unavailable),
      );
    });
  }
}
