/** Requests to a server since its start. */
export interface Traffic {
  readonly requests: number;
  /** Total size of the request bodies. */
  readonly bytes: number;
}

/** Delay of each answer of a store, in ms. */
export const latencyMs = 5;
