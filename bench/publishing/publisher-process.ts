import { argv, cpuUsage, memoryUsage, resourceUsage } from 'node:process';
import { answer } from '../measure/answering-process.ts';
import { orderLines } from './order-lines.ts';
import { type WayName, ways } from './ways.ts';

/** What is published by a process that publishes in one way, its argument. */
export interface Publishing {
  readonly events: number;
  readonly groups: number;
}

export interface Published {
  readonly milliseconds: number;
  /** Of the processor. */
  readonly cpuMilliseconds: number;
  /** Resident memory in MB: when the first tenth of the events was read, and so on. */
  readonly resident: readonly number[];
  /** The most that was resident since the process started, in MB. */
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
