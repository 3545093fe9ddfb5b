/** What one comparison came to, as `npm run bench -- --json FILE` writes it. */
export interface Row {
  /** What was done: `batch of 10 in 10 groups, first deliveries`. */
  readonly scenario: string;
  /** What it is compared with, with its version. */
  readonly peer: string;
  /** Median of the rounds, in ms a unit of the scenario: a batch, a thousand events, a start. */
  readonly oursMs: number;
  readonly peerMs: number;
  /** How many times faster ours is: the median over the rounds of the peer's time by ours in the same round. */
  readonly ratio: number;
  /** The least and the most of these ratios. */
  readonly spread: readonly [least: number, most: number];
  /** Requests a message. */
  readonly oursRequests: number;
  readonly peerRequests: number;
  /** Measured besides, by name and unit: `CPU, ms a message`. */
  readonly besides?: Readonly<Record<string, { readonly ours: number; readonly peer: number }>>;
  /** What it has to reach, in words with numbers, and whether it did; absent where nothing was promised. */
  readonly target?: { readonly text: string; readonly met: boolean };
}

/** One target of several promises; what is missed says so. `undefined` where nothing was promised. */
export function promised(
  promises: readonly { readonly text: string; readonly met: boolean }[],
): Row['target'] | undefined {
  if (promises.length === 0) return undefined;
  const met = promises.every((promise) => promise.met);
  return {
    text: promises
      .map(({ text, met: one }) => (one || promises.length === 1 ? text : `${text} (missed)`))
      .join(', '),
    met,
  };
}

export type Promises = Parameters<typeof promised>[0];

export function withTarget(row: Row, promises: Promises): Row {
  const target = promised(promises);
  return target === undefined ? row : { ...row, target };
}
