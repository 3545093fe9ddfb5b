export type { ConsumerHandler, ConsumerOptions } from './consumer.ts';
export { createConsumer } from './consumer.ts';
export type { DeadLetter, DeadLetterQueue } from './dead-letter.ts';
export {
  type Amounts,
  type Effect,
  type EffectWrite,
  type Increment,
  type Item,
  increment,
  put,
  putIfNewer,
  raw,
  remove,
  removeIfNewer,
  type VersionedEffect,
  type VersionOptions,
} from './effects.ts';
export {
  DeadlineError,
  EffectsRefusedError,
  InvalidEffectsError,
  NotDone,
  type NotDoneOptions,
  NotResolvableError,
  NotSkippableError,
  PermanentError,
  StoreBusyError,
} from './errors.ts';
export { type AtLeastOnceOptions, atLeastOnce } from './guarantees/at-least-once.ts';
export { type AtMostOnceOptions, atMostOnce } from './guarantees/at-most-once.ts';
export { type ExactlyOnceOptions, exactlyOnce } from './guarantees/exactly-once.ts';
export type {
  EffectHandler,
  ExternalContext,
  ExternalHandler,
  ExternalResult,
  Guarantee,
} from './guarantees/guarantee.ts';
export { neverSent } from './http/never-sent.ts';
export { type PostOptions, postWithKey } from './http/post.ts';
export { UnclearError } from './http/unclear-error.ts';
export type { Acknowledgements } from './last-moment.ts';
export { type Resent, type ResolveOptions, resolve } from './resolve.ts';
export { type SkipOptions, skip } from './skip.ts';
export { dynamoDbEffectStore } from './stores/dynamodb/effect-store.ts';
export { type MemoryStore, memoryStore } from './stores/memory/memory-store.ts';
export type {
  ClaimAnswer,
  ClaimTerms,
  CommitAnswer,
  CountAnswer,
  Delivery,
  EffectStore,
  GuaranteeName,
  KeptBody,
  OwnerAnswer,
  QuarantineAnswer,
  RecordStore,
  Refusal,
  StaleEffect,
  StoredRecord,
} from './stores/record-store.ts';
export { redisRecordStore } from './stores/redis/record-store.ts';
export type { RedisScripting } from './stores/redis/run-script.ts';
export { decodeResult, encodeResult } from './stores/result.ts';
export type { VisibilityTimeouts } from './visibility.ts';
export type { Wiring } from './wiring.ts';
