import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConfigurationError } from '../contract/errors.ts';
import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { outputs } from '../contract/orders/outputs.ts';
import { compareLedgers } from '../lab/verify/compare.ts';
import { expectationOf } from '../lab/verify/expectation.ts';
import { readTables } from '../lab/verify/tables.ts';
import { compareVersions } from '../lab/verify/versions.ts';
import { openEvents } from '../lab/workload/events.ts';
import { deploy } from '../local/deployment/deploy.ts';
import { restoreTopicAttributes } from '../local/deployment/restore-topic-attributes.ts';
import type { ClientConfig } from '../local/endpoint/client-config.ts';
import { type Endpoint, openEndpoint } from '../local/endpoint/endpoint.ts';
import { wholeNumber } from '../system/arguments.ts';
import { repository } from '../system/folders.ts';
import { Contest, type Deployed } from './end-to-end/contest.ts';
import { benchCommand } from './measure/command.ts';
import { interleave, median, ratioOf } from './measure/interleave.ts';
import { isMain } from './measure/is-main.ts';
import { report } from './report/report.ts';
import type { Row } from './report/row.ts';
import { versionOf } from './report/version-of.ts';

const samples = join(repository, 'samples', 'online-retail-5000.ndjson.gz');
const app = 'node --import tsx bench/end-to-end/app.ts';
const stackName = 'OrderOnceBench';

/** Many short rounds, so that other work of the machine slows down both consumers equally. */
const rounds = 20;
/** One round runs before the timed ones. One runs after them through proxies, which are slow, and counts requests. */
const allRounds = rounds + 2;
const defaultLimit = 100 * allRounds;

/** Times in the report are for this many orders. */
const unit = 1000;

/**
 * Compares our stack with a Powertools consumer of the same topic, on the local emulator. It measures the time from the
 * start of the first invocation to the end of the last one, for the same orders of many accounts.
 *
 * The two consumers work in turn. If both worked at once, they would share the CPU and the emulator, and the slower one
 * would have them for itself at the end. Requests are counted in a separate round, through proxies.
 *
 * The emulator limits both. For a FIFO queue it runs one batch of ten at a time, while Lambda runs one per message
 * group. It also answers requests to DynamoDB one after the other, so ten parallel transactions wait for each other. So
 * the measured difference comes only from the number of requests. `batches.ts` measures the round trips that our
 * consumer saves. The messages per second do not predict those on AWS.
 *
 * @param limit Number of orders, divided equally among the rounds.
 * @throws Error if a ledger is not exact at the end, because only correct consumers are timed.
 * @throws ConfigurationError if AWS_ENDPOINT_URL is set, because the benchmark starts its own emulator.
 */
export async function endToEndRows(limit = defaultLimit): Promise<Row[]> {
  const endpoint = await openEndpoint();
  try {
    if (!endpoint.started) {
      throw new ConfigurationError('The benchmark starts its own emulator: unset AWS_ENDPOINT_URL');
    }
    return [await Promise.race([measure(endpoint, await readSamples(limit)), endpoint.died])];
  } finally {
    await endpoint.stop();
  }
}

async function readSamples(limit: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of (await openEvents(samples, limit)).text()) lines.push(line);
  return lines;
}

async function measure(endpoint: Endpoint, lines: readonly string[]): Promise<Row> {
  const { clientConfig } = endpoint;
  const { topicArn, ours, peer } = await deployBoth(endpoint);
  const contest = new Contest(clientConfig, topicArn);
  for (const consumer of [ours, peer]) await contest.rest(consumer);
  const size = Math.floor(lines.length / allRounds);
  const published: Promise<void>[] = [];
  const publishRound = (round: number) => {
    published[round] ??= contest.publish(lines.slice(round * size, (round + 1) * size));
    return published[round];
  };
  const working = (consumer: Deployed) => {
    let round = 0;
    return async () => {
      await publishRound(round++);
      return await contest.work(consumer);
    };
  };
  const measured = await interleave({ ours: working(ours), peer: working(peer) }, rounds);

  const counted = { ours: await contest.watch(ours), peer: await contest.watch(peer) };
  await publishRound(allRounds - 1);
  for (const consumer of [ours, peer]) await contest.work(consumer);
  for (const proxy of Object.values(counted)) await proxy.close();

  const sent = lines.slice(0, size * allRounds);
  await refuseInexact(clientConfig, 'ours', ours, sent);
  await refuseInexact(clientConfig, 'Powertools', peer, sent);
  const times = (name: 'ours' | 'peer') => measured.map((round) => (round[name] / size) * unit);
  const time = { ours: median(times('ours')), peer: median(times('peer')) };
  return {
    scenario: `end to end on the local emulator, first deliveries of many accounts, ${unit} messages`,
    peer: `Powertools ${versionOf('@aws-lambda-powertools/batch')}`,
    oursMs: time.ours,
    peerMs: time.peer,
    ...ratioOf(times('peer'), times('ours')),
    oursRequests: counted.ours.requests().requests / size,
    peerRequests: counted.peer.requests().requests / size,
    besides: {
      'messages a second': { ours: (unit / time.ours) * 1000, peer: (unit / time.peer) * 1000 },
    },
  };
}

async function deployBoth(endpoint: Endpoint) {
  const { outputs: deployed, resources } = await deploy(endpoint, {
    project: repository,
    stackNames: [stackName],
    app,
    context: { stackName },
  });
  await restoreTopicAttributes(endpoint.clientConfig, resources);
  const stack = deployed[stackName] ?? {};
  const output = (name: string) => stack[name] ?? '';
  const ours: Deployed = {
    queueUrl: output(outputs.fulfilmentQueueUrl),
    functionName: output(outputs.fulfilmentFunctionName),
    records: output(outputs.recordsTableName),
    orders: output(outputs.ordersTableName),
    ledger: output(outputs.ledgerTableName),
    customers: output(outputs.customersTableName),
  };
  const peer = JSON.parse(output('Peer')) as Deployed;
  return { topicArn: output(outputs.topicArn), ours, peer };
}

async function refuseInexact(
  clientConfig: ClientConfig,
  name: string,
  tables: Deployed,
  lines: readonly string[],
): Promise<void> {
  const events = async function* () {
    for (const line of lines) yield parseOrderEvent({ body: line });
  };
  const expected = await expectationOf(events());
  const found = await readTables(new DynamoDBClient(clientConfig), tables);
  const problems = [
    ...compareLedgers(expected.accounts, found.accounts).problems,
    ...compareVersions('order', expected.orders, found.orders).problems,
    ...compareVersions('customer', expected.customers, found.customers).problems,
  ];
  if (problems.length > 0) throw new Error(`${name}: ${problems.slice(0, 5).join('; ')}`);
}

if (isMain(import.meta)) {
  const limit = {
    value: 'N',
    default: String(defaultLimit),
    help: `orders to publish, in ${allRounds} rounds`,
  };
  await benchCommand('bench:end-to-end', { limit }, async ({ of, json }) =>
    report(await endToEndRows(wholeNumber('limit', of('limit'), allRounds)), json),
  );
}
