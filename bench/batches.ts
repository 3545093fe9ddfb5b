import { isDeepStrictEqual } from 'node:util';
import type { ContestantName } from './batches/contestants/index.ts';
import type { Account } from './batches/dynamodb-process.ts';
import { Lab, type Measured } from './batches/lab.ts';
import { batchSize, type DeliveryKind, deliveries, Orders } from './batches/orders.ts';
import { interleave, median, ratioOf } from './measure/interleave.ts';
import { type Promises, type Row, withTarget } from './report/row.ts';
import { versionOf } from './report/version-of.ts';

const rounds = 25;
/** Number of batches before the measurement, so that code is compiled and connections are open. */
const warmUpBatches = 500;

/** Names of the peers. `package`: the package whose version the report shows; the bare transactions have none. */
const peers = {
  powertools: { name: 'Powertools', package: '@aws-lambda-powertools/batch' },
  messageQueueToolkit: { name: 'message-queue-toolkit', package: '@message-queue-toolkit/sqs' },
  lambdaStream: { name: 'aws-lambda-stream', package: 'aws-lambda-stream' },
  bare: { name: 'the same transactions at once, bare', package: undefined },
} as const satisfies Partial<Record<ContestantName, object>>;
type Peer = keyof typeof peers;

interface Scenario {
  readonly kind: DeliveryKind;
  readonly groups: number;
}

const kinds = Object.keys(deliveries) as DeliveryKind[];
const scenarios: readonly Scenario[] = kinds.flatMap((kind) =>
  [10, 3, 1].map((groups) => ({ kind, groups })),
);

/**
 * Compares our consumer with the peers on batches of the same orders with the same effects. Each runs in its own
 * process, in turn, against stores that delay every answer.
 *
 * @throws Error for a contestant whose accounts are not exact at the end, because only correct consumers are timed.
 */
export async function batchRows(): Promise<Row[]> {
  const lab = new Lab();
  try {
    const entered: ContestantName[] = ['ours', 'powertools', 'lambdaStream', 'bare'];
    if (await lab.startRedis()) entered.push('messageQueueToolkit');
    else process.stdout.write('No redis-server on the PATH, so message-queue-toolkit is not measured\n\n');
    const entries = [];
    for (const name of entered) entries.push(await enter(lab, name));
    const rows: Row[] = [];
    for (const scenario of scenarios) rows.push(...(await rowsOf(scenario, entries)));
    const accounts = await lab.accounts();
    for (const { name, orders } of entries) refuseInexact(name, orders.accounts, accounts);
    return rows;
  } finally {
    await lab.stop();
  }
}

async function enter(lab: Lab, name: ContestantName) {
  const orders = new Orders(name);
  const run = await lab.start(name);
  const runNext = async ({ kind, groups }: Scenario) => await run(orders.next(kind, groups));
  const known = scenarios.filter((scenario) => takesPart(name, scenario));
  for (let n = 0; n < warmUpBatches; n++) await runNext(known[n % known.length] as Scenario);
  return { name, orders, runNext };
}

/**
 * aws-lambda-stream keeps no record of events, so it cannot handle duplicates. Our consumer may fold the messages of a
 * group into one transaction, so the bare transactions are comparable only if each group has one message.
 */
function takesPart(name: ContestantName, { kind, groups }: Scenario): boolean {
  if (name === 'lambdaStream') return kind === 'first deliveries';
  return name !== 'bare' || groups === batchSize;
}

async function rowsOf(
  scenario: Scenario,
  entries: readonly Awaited<ReturnType<typeof enter>>[],
): Promise<Row[]> {
  const entered = entries.filter(({ name }) => takesPart(name, scenario));
  const subjects = Object.fromEntries(
    entered.map(({ name, runNext }) => [name, () => runNext(scenario)]),
  ) as Record<ContestantName, () => Promise<Measured>>;
  const measured = await interleave(subjects, rounds);
  const ours = measured.map((round) => round.ours);
  return entered.flatMap(({ name }) =>
    name === 'ours'
      ? []
      : compare(
          scenario,
          name,
          ours,
          measured.map((round) => round[name]),
        ),
  );
}

function compare(
  scenario: Scenario,
  peer: Peer,
  ours: readonly Measured[],
  theirs: readonly Measured[],
): Row {
  const beside = (value: (batch: Measured) => number) => ({
    ours: median(ours.map(value)),
    peer: median(theirs.map(value)),
  });
  const time = ({ milliseconds }: Measured) => milliseconds;
  const times = beside(time);
  const requests = beside((batch) => batch.requests / batchSize);
  const cpu = beside((batch) => batch.cpuMilliseconds / batchSize);
  const bytes = beside((batch) => batch.bytes / batchSize);
  const row: Row = {
    scenario: `batch of ${batchSize} in ${scenario.groups} ${scenario.groups === 1 ? 'group' : 'groups'}, ${scenario.kind}`,
    peer: nameOf(peer),
    oursMs: times.ours,
    peerMs: times.peer,
    ...ratioOf(theirs.map(time), ours.map(time)),
    oursRequests: requests.ours,
    peerRequests: requests.peer,
    besides: { 'CPU, ms a message': cpu, 'bytes a message': bytes },
  };
  return withTarget(row, promisesOf(scenario, peer, row, cpu));
}

/** The targets: time for first deliveries, requests and CPU for all. */
function promisesOf(
  { kind, groups }: Scenario,
  peer: Peer,
  { ratio, oursRequests }: Row,
  cpu: { readonly ours: number; readonly peer: number },
): Promises {
  const isFirst = kind === 'first deliveries';
  if (peer === 'bare') {
    return isFirst ? [{ text: 'at most 1.3 times its time', met: 1 / ratio <= 1.3 }] : [];
  }
  if (peer !== 'powertools') return [];
  const isOneGroup = groups === 1;
  const faster = isOneGroup ? 10 : 12;
  const most = isFirst && isOneGroup ? 0.2 : 1;
  const requests = most === 1 ? 'request' : 'requests';
  return [
    ...(isFirst && groups !== 3 ? [{ text: `at least ${faster} times faster`, met: ratio >= faster }] : []),
    { text: `at most ${most} ${requests} a message`, met: oursRequests <= most },
    { text: 'less CPU', met: cpu.ours < cpu.peer },
  ];
}

function nameOf(peer: Peer): string {
  const { name, package: packageName } = peers[peer];
  return packageName === undefined ? name : `${name} ${versionOf(packageName)}`;
}

function refuseInexact(
  name: ContestantName,
  expected: readonly Account[],
  accounts: readonly Account[],
): void {
  const found = new Map(accounts.map((account) => [account.account, account]));
  for (const account of expected) {
    const kept = found.get(account.account);
    if (!isDeepStrictEqual(kept, account)) {
      throw new Error(`${name} wrote ${JSON.stringify(kept)}, but ${JSON.stringify(account)} is correct`);
    }
  }
}
