import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { argv } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { answer } from '../measure/answering-process.ts';
import { CommandCounter } from './command-counter.ts';
import { latencyMs, type Traffic } from './traffic.ts';

/**
 * This process is a proxy in front of Redis. It counts commands and delays answers. Its argument is the port of Redis
 * on 127.0.0.1.
 */
export interface RedisAnswer extends Traffic {
  readonly port: number;
}

let requests = 0;
let bytes = 0;
const host = '127.0.0.1';

const proxy = createServer({ noDelay: true }, (client) => {
  const redis = connect({ host, port: Number(argv[2]), noDelay: true });
  const counter = new CommandCounter();
  client.on('data', (chunk) => {
    requests += counter.count(chunk);
    bytes += chunk.length;
    redis.write(chunk);
  });
  // Timers of equal length fire in the order of their start.
  redis.on('data', async (chunk) => {
    await delay(latencyMs);
    client.write(chunk);
  });
  client.on('error', () => redis.destroy()).on('close', () => redis.destroy());
  redis.on('error', () => client.destroy()).on('close', () => client.destroy());
}).listen(0, host);
await once(proxy, 'listening');
const { port } = proxy.address() as AddressInfo;

answer<object, RedisAnswer>(() => ({ port, requests, bytes }));
