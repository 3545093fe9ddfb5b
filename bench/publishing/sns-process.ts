import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../test/unit/publisher/support/seeded-random.ts';
import { answer } from '../measure/answering-process.ts';
import { Arrivals, type Arrived } from './arrivals.ts';

/**
 * How the fake SNS of this process behaves. It accepts `Publish` and `PublishBatch` in SNS's query protocol over HTTP.
 * It has its own process, so that it does not slow down the publisher. A new `Behaviour` resets it, and its answer
 * contains the counts until then.
 */
export interface Behaviour {
  /** Latency in ms, drawn uniformly for each request. */
  readonly latency: { readonly least: number; readonly most: number };
  /** Share of entries that are refused temporarily. */
  readonly refuses: number;
}

export interface SnsAnswer {
  readonly endpoint: string;
  readonly arrived: Arrived;
}

let behaviour: Behaviour = { latency: { least: 0, most: 0 }, refuses: 0 };
let arrivals = new Arrivals();
let random = seededRandom(1);

const server = createServer(async (request, response) => {
  const fields = new URLSearchParams(await text(request));
  const { least, most } = behaviour.latency;
  await delay(least + random.next() * (most - least));
  arrivals.requests += 1;
  const { status, body } = fields.get('Action') === 'Publish' ? publish(fields) : publishBatch(fields);
  response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
}).listen(0, '127.0.0.1');
const listening = once(server, 'listening');

answer<Behaviour, SnsAnswer>(async (next) => {
  await listening;
  const arrived = arrivals.counts;
  behaviour = next;
  arrivals = new Arrivals();
  random = seededRandom(1);
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived };
});

function publish(fields: URLSearchParams) {
  if (accepts(fields, '')) return { status: 200, body: result('Publish', '<MessageId>m</MessageId>') };
  const error = '<Error><Type>Receiver</Type><Code>InternalError</Code><Message>Later</Message></Error>';
  return { status: 500, body: `<ErrorResponse>${error}</ErrorResponse>` };
}

function publishBatch(fields: URLSearchParams) {
  let successful = '';
  let failed = '';
  for (let n = 1; ; n++) {
    const prefix = `PublishBatchRequestEntries.member.${n}.`;
    const id = fields.get(`${prefix}Id`);
    if (id === null) break;
    if (accepts(fields, prefix)) {
      successful += `<member><Id>${id}</Id><MessageId>m</MessageId></member>`;
    } else {
      failed += `<member><Id>${id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>`;
    }
  }
  const content = `<Successful>${successful}</Successful><Failed>${failed}</Failed>`;
  return { status: 200, body: result('PublishBatch', content) };
}

function accepts(fields: URLSearchParams, prefix: string): boolean {
  if (random.next() < behaviour.refuses) return false;
  const [, sequence] = /"sequence":"(\d+)"/.exec(fields.get(`${prefix}Message`) ?? '') ?? [];
  arrivals.accept(fields.get(`${prefix}MessageGroupId`) ?? '', Number(sequence));
  return true;
}

function result(action: string, content: string): string {
  const answered = `<${action}Result>${content}</${action}Result>`;
  return `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${answered}</${action}Response>`;
}
