export type { ConsumerOptions } from './consumer/consumer-options.ts';
export { type ConsumerHandler, createConsumer } from './consumer/create-consumer.ts';
export type { IdentifiedBody, IdentifyAnswer } from './consumer/identify.ts';
export type { IdentifyRequest } from './consumer/lambda-event.ts';
export { type ExactlyOnceOptions, exactlyOnce } from './guarantees/exactly-once/exactly-once.ts';
export { type AtLeastOnceOptions, atLeastOnce } from './guarantees/external/at-least-once.ts';
export { type AtMostOnceOptions, atMostOnce } from './guarantees/external/at-most-once.ts';
export type {
  EffectHandler,
  ExternalContext,
  ExternalHandler,
  ExternalResult,
  Guarantee,
} from './guarantees/guarantee.ts';
export * from './handler/effects/index.ts';
export {
  DeadlineError,
  EffectsRefusedError,
  InvalidEffectsError,
  NotExecutedError,
  type NotExecutedOptions,
  NotResolvableError,
  NotSkippableError,
  PermanentError,
  StoreBusyError,
  UnclearError,
} from './handler/errors.ts';
export type {
  EffectContext,
  KeyDeclaration,
  KeyValue,
  Table,
  TableDeclarations,
  TablesOf,
} from './handler/tables.ts';
export { type ResendMessage, type ResolveOptions, resolve } from './operator/resolve-unknown.ts';
export { type SkipOptions, skip } from './operator/skip-blocked.ts';
export type { ConsumerDependencies } from './ports/dependencies.ts';
export type { Acknowledgements, DeadLetter, DeadLetterQueue, VisibilityTimeouts } from './ports/queues.ts';
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
} from './ports/record-store.ts';
export { dynamoDbEffectStore } from './stores/dynamodb/effect-store.ts';
export { type MemoryStore, memoryStore } from './stores/memory/memory-store.ts';
export { decodeResult, encodeResult } from './stores/result.ts';
