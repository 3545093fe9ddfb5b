/**
 * How often the runtime tries an event before it gives up. A queue has room for as many receives of every message of a
 * batch, beside those of the outage that it tolerates: `maxReceiveCount` is set by it.
 */
export const maxAttempts = 5;
