import type { Contestant } from './contestant.ts';

/** Each contestant is loaded in its own process, so that no process has the code of two. */
export const contestants = {
  ours: async () => (await import('./ours.ts')).ours,
  powertools: async () => (await import('./powertools.ts')).powertools,
  messageQueueToolkit: async () => (await import('./message-queue-toolkit.ts')).messageQueueToolkit,
  lambdaStream: async () => (await import('./lambda-stream.ts')).lambdaStream,
  bare: async () => (await import('./bare.ts')).bare,
} as const satisfies Record<string, () => Promise<Contestant>>;
export type ContestantName = keyof typeof contestants;
