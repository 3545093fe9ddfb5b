import { canRunDynamoDbLocal, startDynamoDbLocal } from '../test/contract/servers/dynamodb-local.ts';
import { type Counted, Counter, type DeliveryKind, latency } from './cost/count.ts';
import { dollarsOf } from './cost/dollars.ts';
import { prices } from './cost/prices.ts';
import { tablesOf } from './cost/report.ts';
import { atLeastOnceSubject, atMostOnceSubject, exactlyOnceSubject } from './cost/subjects/ours.ts';
import { ownSubject } from './cost/subjects/own.ts';
import { powertoolsSubject } from './cost/subjects/powertools.ts';
import { createAllTables } from './cost/tables.ts';
import { benchCommand, docs } from './measure/command.ts';
import type { BatchShape } from './measure/order-batches.ts';
import { writeGenerated } from './report/generated.ts';
import { save } from './report/report.ts';

/**
 * This command calculates the price of a million orders under each guarantee, with Powertools' idempotency, and with a
 * hand-written mark. It counts requests and write units in runs against DynamoDB Local, which needs Java and Maven.
 */
const subjects = [exactlyOnceSubject, atLeastOnceSubject, atMostOnceSubject, powertoolsSubject, ownSubject];
const usual: BatchShape = { messages: 10, groups: 10, bytes: 1_000 };
const larger = [10_000, 100_000].map((bytes) => ({ ...usual, bytes }));
const smaller = [
  { ...usual, messages: 1, groups: 1 },
  { ...usual, messages: 5, groups: 5 },
];
const ofOneGroup = { ...usual, groups: 1 };

await benchCommand('bench:cost', docs('cost.md'), async ({ has, json }) => {
  if (!canRunDynamoDbLocal) {
    throw new Error("This benchmark runs Amazon's DynamoDB Local, which needs `java` and `mvn` on the PATH");
  }
  const server = await startDynamoDbLocal();
  try {
    await createAllTables(server.connect());
    const counter = new Counter(server.connect);
    const deliveries = await count(counter, [usual], ['first', 'duplicate', 'failed']);
    const oneGroup = await count(counter, [ofOneGroup], ['first', 'duplicate']);
    const first = deliveries.filter(isFirst);
    const report = {
      deliveries,
      sizes: [...first, ...(await count(counter, larger, ['first']))],
      batches: [
        ...(await count(counter, smaller, ['first'])),
        ...first,
        ...(await count(counter, [{ ...ofOneGroup, messages: 5 }], ['first'])),
        ...oneGroup.filter(isFirst),
      ],
      oneGroup,
      agreement: counter.agreement,
    };
    const tables = tablesOf(report);
    for (const [name, table] of Object.entries(tables)) process.stdout.write(`${name}\n${table}\n\n`);
    if (has('docs')) writeGenerated('cost.md', tables);
    const rows = [...new Set([...deliveries, ...oneGroup, ...report.sizes, ...report.batches])];
    const result = {
      prices,
      latency,
      rows: rows.map((row) => ({ ...row, dollars: dollarsOf(row) })),
      agreement: report.agreement,
    };
    save(result, json);
  } finally {
    await server.stop();
  }
});

function isFirst({ delivery }: Counted): boolean {
  return delivery === 'first';
}

async function count(
  counter: Counter,
  shapes: readonly BatchShape[],
  kinds: readonly DeliveryKind[],
): Promise<Counted[]> {
  const counted: Counted[] = [];
  for (const shape of shapes) {
    for (const subject of subjects) {
      // A standard queue has no groups, so it runs several orders of one account at once. Their transactions write
      // the same item and would cancel each other.
      if (subject.source === 'standard' && shape.groups < shape.messages) continue;
      counted.push(...(await counter.count(subject, shape, kinds)));
    }
  }
  return counted;
}
