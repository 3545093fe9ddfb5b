export type { ConsumerHandler, ConsumerOptions } from './consumer.ts';
export { createConsumer } from './consumer.ts';
export type { DeadLetter, DeadLetterQueue } from './dead-letter.ts';
export type { Handler } from './delivery.ts';
export { type Effect, type Item, increment, put, raw, remove } from './effects.ts';
export { NoEffectsError, PermanentError, StoreBusyError, UnfinishedRecordError } from './errors.ts';
export { dynamoDbEffectStore } from './stores/dynamodb-effect-store.ts';
export type { CommitAnswer, Completion, EffectStore, StoredRecord } from './stores/effect-store.ts';
export type { Wiring } from './wiring.ts';
