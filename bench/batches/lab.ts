import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { canRunRedis, startRedis } from '../../test/contract/servers/redis.ts';
import type { Server } from '../../test/contract/servers/server.ts';
import { AnsweringProcess } from '../measure/answering-process.ts';
import type { Done } from './contestant-process.ts';
import type { ContestantName } from './contestants/index.ts';
import type { Account, DynamoDbAnswer } from './dynamodb-process.ts';
import { environmentOf } from './environment.ts';
import type { Batch } from './orders.ts';
import type { RedisAnswer } from './redis-process.ts';
import type { Traffic } from './traffic.ts';

/** The measurement of a batch. */
export interface Measured extends Done, Traffic {}

const file = (name: string) => join(import.meta.dirname, name);

/** Counting stores and contestants, each in its own process, so that CPU times are separate. */
export class Lab {
  readonly #dynamoDb = new AnsweringProcess<{ accounts?: true }, DynamoDbAnswer>({
    file: file('dynamodb-process.ts'),
  });
  readonly #contestants: AnsweringProcess<SQSEvent, Done>[] = [];
  #redis: { readonly server: Server; readonly proxy: AnsweringProcess<object, RedisAnswer> } | undefined;

  /** @returns Whether a Redis is available. */
  async startRedis(): Promise<boolean> {
    if (!canRunRedis) return false;
    const server = await startRedis(accepts);
    const proxy = new AnsweringProcess<object, RedisAnswer>({
      file: file('redis-process.ts'),
      args: [String(server.port)],
    });
    this.#redis = { server, proxy };
    return true;
  }

  async start(name: ContestantName): Promise<(batch: Batch) => Promise<Measured>> {
    const { endpoint } = await this.#dynamoDb.ask({});
    const redis = await this.#redis?.proxy.ask({});
    const contestant = new AnsweringProcess<SQSEvent, Done>({
      file: file('contestant-process.ts'),
      args: redis === undefined ? [name] : [name, String(redis.port)],
      environment: environmentOf(endpoint),
    });
    this.#contestants.push(contestant);
    return async ({ before, batch }) => {
      if (before !== undefined) await contestant.ask(before);
      const earlier = await this.#traffic();
      const done = await contestant.ask(batch);
      const later = await this.#traffic();
      return {
        ...done,
        requests: later.requests - earlier.requests,
        bytes: later.bytes - earlier.bytes,
      };
    };
  }

  async accounts(): Promise<readonly Account[]> {
    return (await this.#dynamoDb.ask({ accounts: true })).accounts;
  }

  async stop(): Promise<void> {
    for (const contestant of this.#contestants) contestant.stop();
    this.#dynamoDb.stop();
    this.#redis?.proxy.stop();
    await this.#redis?.server.stop();
  }

  async #traffic(): Promise<Traffic> {
    const stores = [
      await this.#dynamoDb.ask({}),
      (await this.#redis?.proxy.ask({})) ?? { requests: 0, bytes: 0 },
    ];
    return {
      requests: stores.reduce((sum, { requests }) => sum + requests, 0),
      bytes: stores.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return true;
}
