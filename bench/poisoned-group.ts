import { systemClock } from '../contract/clock.ts';
import { parseOrderEvent } from '../contract/orders/order-event.ts';
import { systemRandom } from '../contract/random.ts';
import {
  type ConsumerDependencies,
  createConsumer,
  exactlyOnce,
  increment,
  memoryStore,
} from '../runtime/index.ts';
import { wholeNumber } from '../system/arguments.ts';
import { anOrder } from '../test/support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../test/support/sqs.ts';
import { fakeWiring } from '../test/support/wiring.ts';
import { benchCommand } from './measure/command.ts';
import { median } from './measure/interleave.ts';
import { slow } from './measure/slow-port.ts';
import { type Spread, spreadOf } from './measure/spread.ts';
import { save } from './report/report.ts';

/**
 * This command measures how much a group that fails each time delays the other groups of its batch. A batch has one
 * order of each of ten groups. The tenth order is healthy, fails, or fails as a suspect, in turn. The runtime is real.
 * Store and queues are in memory, and take as long to answer as DynamoDB and SQS.
 */
const batchesPerRound = 20;
/** Latency of a request within a Region in ms, drawn uniformly. */
const latency = { least: 3, most: 8 };
const drawn = () => latency.least + Math.random() * (latency.most - latency.least);

const tenths = [
  { name: 'healthy', fails: false, receiveCount: 1 },
  { name: 'fails', fails: true, receiveCount: 1 },
  { name: 'fails, suspect', fails: true, receiveCount: 3 },
] as const;
type Tenth = (typeof tenths)[number];
const measures = ['nine others done', 'invocation'] as const;
type Times = Record<(typeof measures)[number], number>;

const tenthGroup = 'account-9';
/** The times at which the other nine orders were applied, in ms. */
let applied: number[] = [];
const inMemory = fakeWiring();
const wiring: ConsumerDependencies = {
  ...inMemory,
  store: slow(memoryStore({ ledger: ['account'] }), drawn),
  deadLetters: slow(inMemory.deadLetters, drawn),
  visibility: slow(inMemory.visibility, drawn),
  acknowledgements: slow(inMemory.acknowledgements, drawn),
  clock: systemClock,
  random: systemRandom,
  output: (line) => {
    const isOther = !line.includes(`"messageGroup":"${tenthGroup}"`);
    if (isOther && line.includes('"outcome":"applied"')) applied.push(performance.now());
  },
  endProcess: () => process.exit(1),
};
const consumer = createConsumer(
  {
    name: 'bench',
    parse: parseOrderEvent,
    guarantee: exactlyOnce(),
    handle: ({ partitionkey: account, data }) => {
      if (data.total < 0) throw new Error('The handler fails each time');
      return [increment('ledger', { account }, { spent: data.total })];
    },
  },
  wiring,
);

let sent = 0;
/** A batch of ten new orders. */
function batchWith({ fails, receiveCount }: Tenth) {
  const sentAt = Date.now();
  return sqsEvent(
    ...Array.from({ length: 10 }, (_, index) => {
      sent += 1;
      const group = `account-${index}`;
      const isTenth = group === tenthGroup;
      const order = anOrder(
        { subject: String(sent), partitionkey: group },
        { total: isTenth && fails ? -1 : 10.1 },
      );
      return sqsRecord(order, {
        messageId: `m${sent}`,
        group,
        sentAt,
        firstReceived: sentAt,
        receiveCount: isTenth ? receiveCount : 1,
      });
    }),
  );
}

async function measure(tenth: Tenth): Promise<Times> {
  const batch = batchWith(tenth);
  applied = [];
  const begin = performance.now();
  const { batchItemFailures } = await consumer(batch, remaining());
  const end = performance.now();
  if (applied.length !== 9 || batchItemFailures.length !== Number(tenth.fails)) {
    throw new Error(`${applied.length} of nine applied, ${batchItemFailures.length} of ten returned`);
  }
  return { 'nine others done': Math.max(...applied) - begin, invocation: end - begin };
}

/** The median times of a round for each kind of tenth order. The batches of the kinds take turns. */
async function measureRound(): Promise<Times[]> {
  const batches: Times[][] = tenths.map(() => []);
  for (let n = 0; n < batchesPerRound; n++) {
    for (let turn = 0; turn < tenths.length; turn++) {
      const index = (n + turn) % tenths.length;
      batches[index]?.push(await measure(tenths[index] as Tenth));
    }
  }
  return batches.map((times) => ({
    'nine others done': median(times.map((time) => time['nine others done'])),
    invocation: median(times.map(({ invocation }) => invocation)),
  }));
}

function show({ median, least, most }: Spread, unit = ''): string {
  return `${median.toFixed(2)}${unit} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const options = { rounds: { value: 'N', default: '30', help: 'rounds to measure' } };
await benchCommand('bench:fifo', options, async ({ of, json }) => {
  const rounds = wholeNumber('rounds', of('rounds'), 1);
  // Not measured: in the first round code is compiled.
  await measureRound();
  const measured: Times[][] = [];
  for (let round = 0; round < rounds; round++) measured.push(await measureRound());

  const results = tenths.map(({ name }, index) => ({
    name,
    measures: measures.map((measure) => ({
      measure,
      milliseconds: spreadOf(measured.map((round) => round[index]?.[measure] ?? Number.NaN)),
      ratio: spreadOf(measured.map((round) => (round[index]?.[measure] ?? 0) / (round[0]?.[measure] ?? 0))),
    })),
  }));

  print(
    `${rounds} rounds of ${batchesPerRound} batches of each kind in turn; a request takes ` +
      `${latency.least} to ${latency.most} ms. Medians of the rounds (least to most)`,
  );
  print(`${'tenth group'.padEnd(16)}${measures.map((measure) => measure.padEnd(30)).join('')}`.trimEnd());
  for (const { name, measures } of results) {
    const columns = measures.map(({ milliseconds }) => show(milliseconds, ' ms').padEnd(30));
    print(`${name.padEnd(16)}${columns.join('')}`.trimEnd());
  }
  for (const { name, measures } of results.slice(1)) {
    for (const { measure, ratio } of measures) print(`${measure}, ${name} / healthy: ${show(ratio)}`);
  }
  save({ rounds, batchesPerRound, latency, results }, json);
});
