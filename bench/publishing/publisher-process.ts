import { argv, cpuUsage, memoryUsage, resourceUsage } from 'node:process';
import { answer } from '../measure/answering-process.ts';
import { orderLines } from './order-lines.ts';
import { type WayName, ways } from './ways.ts';

/** A question to this process, which publishes in the way that its argument names. */
export interface Publishing {
  readonly events: number;
  readonly groups: number;
}

export interface Published {
  readonly milliseconds: number;
  /** CPU time of the process. */
  readonly cpuMilliseconds: number;
  /** Resident memory in MB after each tenth of the events. */
  readonly resident: readonly number[];
  /** Maximum resident memory since the process started, in MB. */
  readonly peak: number;
}

const publish = ways[argv[2] as WayName]();

answer<Publishing, Published>(async ({ events, groups }) => {
  const resident: number[] = [];
  function* watched() {
    let read = 0;
    for (const line of orderLines(events, groups)) {
      yield line;
      read += 1;
      if (read % (events / 10) === 0) resident.push(memoryUsage.rss() / 1e6);
    }
  }
  const begin = performance.now();
  const before = cpuUsage();
  await publish(watched());
  const { user, system } = cpuUsage(before);
  return {
    milliseconds: performance.now() - begin,
    cpuMilliseconds: (user + system) / 1000,
    resident,
    peak: (resourceUsage().maxRSS * 1024) / 1e6,
  };
});
