export type { Deduplication } from './deduplication.ts';
export type { Entry } from './entry.ts';
export {
  InputError,
  JournalError,
  type JournalErrorCode,
  PublishError,
  type PublishErrorCode,
  TopicError,
} from './errors.ts';
export type { Lines } from './input.ts';
export { readLines } from './lines.ts';
export { messageGroup } from './message-group.ts';
export { type PublishOptions, type PublishSummary, publish } from './publish.ts';
export { fitsTopic, publishEvent, type SingleEvent } from './publish-event.ts';
export { type SendOptions, type SendSummary, sendInOrder } from './send-in-order.ts';
export { snsClient, snsTopic } from './sns-topic.ts';
export type { EntryResult, Topic } from './topic.ts';
