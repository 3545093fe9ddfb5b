import { benchCommand } from './measure/command.ts';
import { interleave, median, ratioOf } from './measure/interleave.ts';
import { isMain } from './measure/is-main.ts';
import { Lab, type Tried } from './publishing/lab.ts';
import type { WayName } from './publishing/ways.ts';
import { report } from './report/report.ts';
import { type Promises, type Row, withTarget } from './report/row.ts';
import { versionOf } from './report/version-of.ts';

const rounds = 10;

const sdk = `client-sns ${versionOf('@aws-sdk/client-sns')}`;
const peers = {
  oneByOne: `Publish one by one, ${sdk}`,
  allAtOnce: `Promise.all of PublishBatch, ${sdk}`,
} as const satisfies Partial<Record<WayName, string>>;
type Peer = keyof typeof peers;

interface Scenario {
  readonly name: string;
  readonly groups: number;
  /** Share of entries that SNS refuses temporarily. */
  readonly refuses: number;
  readonly events: Readonly<Record<WayName, number>>;
}

/** Number of events. For `oneByOne` fewer are enough, because the time of an event does not depend on their number. */
const many = { publisher: 5000, oneByOne: 100, allAtOnce: 5000 };
const few = { publisher: 100, oneByOne: 100, allAtOnce: 100 };
const scenarios: readonly Scenario[] = [
  { name: 'publish in 1,000 groups', groups: 1000, refuses: 0, events: many },
  { name: 'publish in 1,000 groups, 1 % refused for now', groups: 1000, refuses: 0.01, events: many },
  { name: 'publish in one group', groups: 1, refuses: 0, events: few },
];
/**
 * Target: how many times faster than one by one. It does not apply to one group, because there each event waits for the
 * previous one.
 */
const least = 5;

/** The flags with which `npm start` runs Node. */
const smallHeap = ['--max-semi-space-size=2', '--max-old-space-size=64'];
/** Target: maximum resident memory in MB. */
const mostMemory = 150;
/** Maximum number of events for `allAtOnce`, which holds all of them in memory. More would need gigabytes. */
const mostHeld = 100_000;

/**
 * Compares our publisher with two hand-written ones, against a fake SNS: speed, order within each group, and memory.
 * Times are in ms for a thousand events.
 *
 * @param events Number of events for the measurement of memory.
 */
export async function publisherRows(events = 100_000): Promise<Row[]> {
  const rows: Row[] = [];
  for (const scenario of scenarios) rows.push(...(await speedRows(scenario)));
  rows.push(await memoryRow(events));
  return rows;
}

function speedRows({ name, groups, refuses, events }: Scenario): Promise<Row[]> {
  return withLab(async (lab) => {
    const start = async (way: WayName) => {
      const publish = await lab.startPublisher(way);
      return () => publish({ events: events[way], groups, refuses });
    };
    const subjects = {
      publisher: await start('publisher'),
      oneByOne: await start('oneByOne'),
      allAtOnce: await start('allAtOnce'),
    };
    const tried = await interleave(subjects, rounds);
    const ours = tried.map(({ publisher }) => publisher);
    return (Object.keys(peers) as Peer[]).map((peer) => {
      const theirs = tried.map((round) => round[peer]);
      const row = compare(ours, theirs, { scenario: name, peer: peers[peer] });
      const isFaster = { text: `at least ${least} times`, met: row.ratio >= least };
      return withTarget(row, [...(peer === 'oneByOne' && groups > 1 ? [isFaster] : []), orderKept(ours)]);
    });
  });
}

function memoryRow(events: number): Promise<Row> {
  return withLab(async (lab) => {
    const publish = async (way: WayName, count: number, flags: readonly string[] = []) => {
      const publishOnce = await lab.startPublisher(way, flags);
      return await publishOnce({ events: count, groups: 1000, refuses: 0 });
    };
    const held = Math.min(events, mostHeld);
    const ours = await publish('publisher', events, smallHeap);
    const theirs = await publish('allAtOnce', held);
    const row = compare([ours], [theirs], {
      scenario: `memory for ${events.toLocaleString('en')} events, ours under node ${smallHeap.join(' ')}`,
      peer: `${peers.allAtOnce}, for ${held.toLocaleString('en')} events`,
    });
    const afterTenth = ({ resident: [first = Number.NaN] }: Tried) => first;
    return withTarget(
      {
        ...row,
        besides: {
          ...row.besides,
          'resident after a tenth, MB': { ours: afterTenth(ours), peer: afterTenth(theirs) },
          'most that was resident, MB': { ours: ours.peak, peer: theirs.peak },
        },
      },
      [{ text: `under ${mostMemory} MB`, met: ours.peak < mostMemory }, orderKept([ours])],
    );
  });
}

async function withLab<Result>(use: (lab: Lab) => Promise<Result>): Promise<Result> {
  const lab = new Lab();
  try {
    return await use(lab);
  } finally {
    lab.stop();
  }
}

function compare(ours: readonly Tried[], peer: readonly Tried[], names: Pick<Row, 'scenario' | 'peer'>): Row {
  const beside = (of: (tried: Tried) => number) => ({
    ours: median(ours.map(of)),
    peer: median(peer.map(of)),
  });
  const time = ({ milliseconds, events }: Tried) => (milliseconds / events) * 1000;
  const times = beside(time);
  const requests = beside((tried) => tried.requests / tried.events);
  return {
    ...names,
    oursMs: times.ours,
    peerMs: times.peer,
    ...ratioOf(peer.map(time), ours.map(time)),
    oursRequests: requests.ours,
    peerRequests: requests.peer,
    besides: {
      'events a second': beside((tried) => 1_000_000 / time(tried)),
      'groups out of order': beside(({ disorderedGroups }) => disorderedGroups),
      'events overtaken': beside(({ late }) => late),
      'CPU, ms an event': beside(({ cpuMilliseconds, events }) => cpuMilliseconds / events),
    },
  };
}

function orderKept(tried: readonly Tried[]): Promises[number] {
  return { text: 'order kept', met: tried.every(({ late }) => late === 0) };
}

if (isMain(import.meta)) {
  const memory = { value: '', help: 'measure only memory, with a million events' };
  await benchCommand('bench:publisher', { memory }, async ({ has, json }) =>
    report(has('memory') ? [await memoryRow(1_000_000)] : await publisherRows(), json),
  );
}
