/** The result of one comparison, as `npm run bench -- --json FILE` writes it. */
export interface Row {
  /** For example `batch of 10 in 10 groups, first deliveries`. */
  readonly scenario: string;
  /** Name and version of the peer. */
  readonly peer: string;
  /** Median of the rounds in ms, for one unit of the scenario: a batch, a thousand events, or a start. */
  readonly oursMs: number;
  readonly peerMs: number;
  /**
   * How many times faster our code is: the median over the rounds of the peer's time, divided by our time in the same
   * round. For the load of a function it is our time divided by the peer's.
   */
  readonly ratio: number;
  /** Minimum and maximum of these ratios. */
  readonly spread: readonly [least: number, most: number];
  /** Requests per message; for the load of a function, requests before its first call. */
  readonly oursRequests: number;
  readonly peerRequests: number;
  /** Other measurements, by name and unit, for example `CPU, ms a message`. */
  readonly besides?: Readonly<Record<string, { readonly ours: number; readonly peer: number }>>;
  /** The target, and whether the row meets it. @default - the row has no target */
  readonly target?: { readonly text: string; readonly met: boolean };
}

/** Joins several targets into one, and marks the missed ones in its text. `undefined` if there are none. */
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
