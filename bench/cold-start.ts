import type { Packages } from './measure/bundle.ts';
import { benchCommand } from './measure/command.ts';
import { interleave, median, ratioOf } from './measure/interleave.ts';
import { isMain } from './measure/is-main.ts';
import { report } from './report/report.ts';
import { type Row, withTarget } from './report/row.ts';
import { makeStarter, type Tried } from './starts/starter.ts';
import { bareClients, bareWrite, deployedFunctions, type Service, type Subject } from './starts/subjects.ts';

const rounds = 20;
/** Number of calls of each handler: the first one opens connections, the others show whether they are kept. */
const calls = 5;
/** Target: maximum load time of a function, divided by that of its clients. */
const most = 1.15;

/**
 * Measures the load time of each deployed function, in a new process each time, compared with bare SDK clients in the
 * same kind of bundle. Also measures the first call and the requests before it. `ratio` is our time divided by the
 * peer's.
 *
 * Load times are CPU times, because loading waits for nothing, and elapsed time would include other work of the
 * machine.
 */
export async function startRows(): Promise<Row[]> {
  const starter = await makeStarter();
  try {
    const { folder } = starter;
    const functions = deployedFunctions(folder, calls);
    const bare = (services: readonly Service[]) => bareClients(folder, services);
    const dynamoDb = bare(['dynamodb']);
    const withOwnClients = functions.map((deployed) => ({ deployed, own: bare(deployed.services) }));
    const write = bareWrite(folder, calls);
    const subjects = [...functions, ...withOwnClients.map(({ own }) => own), dynamoDb, write];
    const tried = await interleave(
      Object.fromEntries(
        subjects.map((subject) => [subject.name, () => starter.start(subject.file, subject.events)]),
      ),
      rounds,
    );
    const measured = (subject: Subject): Measured => ({
      subject,
      starts: tried.map((round) => round[subject.name] as Tried),
    });
    return withOwnClients.flatMap(({ deployed, own }) => {
      const compared = (peer: Subject) => compare(measured(deployed), measured(peer), measured(write));
      const loaded = compared(own);
      const row = withTarget(loaded, [
        { text: `at most ${most} times`, met: loaded.ratio <= most },
        { text: 'no request before the first call', met: loaded.oursRequests === 0 },
      ]);
      return own.name === dynamoDb.name ? [row] : [row, compared(dynamoDb)];
    });
  } finally {
    starter.stop();
  }
}

interface Measured {
  readonly subject: Subject;
  readonly starts: readonly Tried[];
}

/** @param called The peer for the measurements of calls, because bare clients have no handler. */
function compare(ours: Measured, peer: Measured, called: Measured): Row {
  const loads = ({ starts }: Measured) => starts.map(({ loadCpuMs }) => loadCpuMs);
  const initRequests = ({ starts }: Measured) => Math.max(...starts.map((start) => start.initRequests));
  const beside = (of: (start: Tried) => number, other = peer) => ({
    ours: median(ours.starts.map(of)),
    peer: median(other.starts.map(of)),
  });
  return {
    scenario: `load ${ours.subject.name} (ratio: ours by the peer's)`,
    peer: peer.subject.name,
    oursMs: median(loads(ours)),
    peerMs: median(loads(peer)),
    ...ratioOf(loads(ours), loads(peer)),
    oursRequests: initRequests(ours),
    peerRequests: initRequests(peer),
    besides: {
      'load by the clock, ms': beside(({ loadMs }) => loadMs),
      'bundle, KiB': { ours: ours.subject.size / 1024, peer: peer.subject.size / 1024 },
      'loaded of it, KiB': { ours: total(ours.subject.loaded), peer: total(peer.subject.loaded) },
      'first call, ms': beside(({ callMs }) => callMs[0] ?? Number.NaN, called),
      'later calls, ms': beside(({ callMs }) => median(callMs.slice(1)), called),
      [`connections of ${calls} calls`]: beside(({ connections }) => connections, called),
    },
  };
}

/** @returns KiB. */
function total(packages: Packages): number {
  return Object.values(packages).reduce((sum, bytes) => sum + bytes, 0) / 1024;
}

/** The content of each function by package: `npm run bench:load -- --packages`. */
async function packagesText(): Promise<string> {
  const starter = await makeStarter();
  try {
    return deployedFunctions(starter.folder, 0)
      .map(
        ({ name, loaded, deferred }) =>
          `${name}\n${listOf('loaded', loaded)}\n${listOf('deferred', deferred)}\n`,
      )
      .join('\n');
  } finally {
    starter.stop();
  }
}

function listOf(when: string, packages: Packages): string {
  const list = Object.entries(packages).map(([name, bytes]) => `${name} ${(bytes / 1024).toFixed(1)}`);
  return `  ${when}, ${total(packages).toFixed(0)} KiB: ${list.join(', ')}`;
}

if (isMain(import.meta)) {
  const packages = { value: '', help: 'list the packages in each function, without measurements' };
  await benchCommand('bench:load', { packages }, async ({ has, json }) => {
    if (has('packages')) process.stdout.write(await packagesText());
    else report(await startRows(), json);
  });
}
