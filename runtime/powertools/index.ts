export { FencedError, ResultNotKeptError } from './errors.ts';
export { FencedPersistenceLayer, type FencedPersistenceLayerOptions } from './fenced-persistence-layer.ts';
