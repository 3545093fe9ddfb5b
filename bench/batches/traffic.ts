/** What a server got since it was started. */
export interface Traffic {
  readonly requests: number;
  /** Of the requests' bodies. */
  readonly bytes: number;
}

/** In ms: how long each answer of a store is held back. */
export const latencyMs = 5;
