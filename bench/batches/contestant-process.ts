import { argv, cpuUsage } from 'node:process';
import type { SQSEvent } from 'aws-lambda';
import { answer } from '../measure/answering-process.ts';
import { type ContestantName, contestants } from './contestants/index.ts';

/** Times of a batch in a process that does nothing else. */
export interface Done {
  readonly milliseconds: number;
  /** CPU time of the process. */
  readonly cpuMilliseconds: number;
}

const name = argv[2] as ContestantName;
const contestant = await contestants[name]();

answer<SQSEvent, Done>(async (batch) => {
  const process = await contestant(batch);
  const before = cpuUsage();
  const begin = performance.now();
  const failed = await process();
  const milliseconds = performance.now() - begin;
  const { user, system } = cpuUsage(before);
  if (failed > 0) throw new Error(`${name} returned ${failed} of ${batch.Records.length} messages`);
  return { milliseconds, cpuMilliseconds: (user + system) / 1000 };
});
