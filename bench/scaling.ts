import { wholeNumber } from '../system/arguments.ts';
import { canRunDynamoDbLocal, startDynamoDbLocal } from '../test/contract/servers/dynamodb-local.ts';
import { Counter, latency } from './cost/count.ts';
import { batchTime } from './cost/dollars.ts';
import { memoryOfOneProcessor } from './cost/prices.ts';
import { exactlyOnceSubject } from './cost/subjects/ours.ts';
import { createAllTables } from './cost/tables.ts';
import { benchCommand, docs } from './measure/command.ts';
import { markdownTable, wrapped, writeGenerated } from './report/generated.ts';
import { short, whole } from './report/numbers.ts';
import { save } from './report/report.ts';
import { spreadOfSamples } from './scaling/customers.ts';
import { type HotCustomer, inDynamoDb, inSlowMemory } from './scaling/hot-customer.ts';
import { limitsTable, mostOfGroup, type Needs, workedOfGroup } from './scaling/limits.ts';
import { simulationTable } from './scaling/scenarios.ts';
import { tripsByMessages } from './scaling/trips.ts';

/**
 * This command examines how far the fulfilment consumer scales. It calculates the share of an account's quotas that
 * each of these rates needs, in orders per second. It simulates the consumer's queue, and measures a customer with
 * 10,000 orders. It needs Java and Maven.
 */
const rates = [10_000, 100_000, 1_000_000];

const options = {
  orders: { value: 'N', default: '10000', help: 'orders of the hot customer' },
  seed: { value: 'N', default: '1', help: 'seed of the simulation' },
  ...docs('scaling.md'),
};
await benchCommand('bench:scaling', options, async ({ has, of, json }) => {
  const orders = wholeNumber('orders', of('orders'), 1);
  const seed = wholeNumber('seed', of('seed'));
  if (!canRunDynamoDbLocal) {
    throw new Error("This benchmark runs Amazon's DynamoDB Local, which needs `java` and `mvn` on the PATH");
  }
  const trips = await tripsByMessages(10);
  const spread = await spreadOfSamples();
  const server = await startDynamoDbLocal();
  try {
    await createAllTables(server.connect());
    const hot = [await inDynamoDb(server.connect, orders), await inSlowMemory(orders, latency)];
    const needs = await countNeeds(new Counter(server.connect));
    const simulation = simulationTable({ spread, trips, request: latency, seed });
    const tables = {
      'scaling:limits': limitsTable(rates, needs),
      'scaling:group': groupText(needs),
      'scaling:simulation': simulation.table,
      'scaling:hot': hotTable(hot),
    };
    for (const [name, table] of Object.entries(tables)) process.stdout.write(`${name}\n${table}\n\n`);
    if (has('docs')) writeGenerated('scaling.md', tables);
    const result = { trips, spread, needs, hot, seed, simulated: simulation.rows };
    save(result, json);
  } finally {
    await server.stop();
  }
});

async function countNeeds(counter: Counter): Promise<Needs> {
  const count = async (groups: number) => {
    const shape = { messages: 10, groups, bytes: 1_000 };
    const [counted] = await counter.count(exactlyOnceSubject, shape, ['first']);
    if (counted === undefined) throw new Error('Nothing was counted');
    return counted;
  };
  const [tenGroups, oneGroup] = [await count(10), await count(1)];
  return {
    batchTime: batchTime(tenGroups),
    groupTime: batchTime(oneGroup),
    fastGroupTime: batchTime(oneGroup, memoryOfOneProcessor),
    recordUnits: tenGroups.recordUnits,
    units: tenGroups.recordUnits + tenGroups.effectUnits,
  };
}

function groupText({ batchTime, groupTime, fastGroupTime }: Needs): string {
  return wrapped(
    `A full batch takes ${short(batchTime, 0)} ms where its messages are of ten groups and ${short(groupTime, 0)} ms where ` +
      `they are of one: ${whole(workedOfGroup(groupTime))} orders a second of one customer. With ` +
      `${memoryOfOneProcessor} MiB, a whole processor, it is ${short(fastGroupTime, 0)} ms, and ` +
      `${whole(workedOfGroup(fastGroupTime))} orders a second. The topic takes 300 of one group: at most ` +
      `${whole(mostOfGroup(groupTime))} orders a second of one customer.`,
  );
}

function hotTable(hot: readonly HotCustomer[]): string {
  return markdownTable(
    ['store', 'orders', 'seconds', 'orders a second', 'requests', 'requests an order'],
    hot.map(({ store, orders, seconds, requests }) => [
      store,
      whole(orders),
      short(seconds, 1),
      whole(orders / seconds),
      whole(requests),
      short(requests / orders),
    ]),
  );
}
