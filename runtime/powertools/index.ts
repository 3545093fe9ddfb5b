export { type DurableExecution, type DurableIdempotencyOptions, makeDurableIdempotent } from './durable.ts';
export { FencedError, ResultNotKeptError } from './errors.ts';
export { FencedPersistenceLayer } from './fenced-persistence-layer.ts';
export type { FencedPersistenceLayerOptions } from './options.ts';
