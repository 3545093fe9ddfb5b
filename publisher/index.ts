export type { Deduplication } from './deduplication.ts';
export {
  InputError,
  JournalError,
  type JournalErrorCode,
  PublishError,
  type PublishErrorCode,
  TopicError,
} from './errors.ts';
export type { Lines } from './input/input.ts';
export { readLines } from './input/lines.ts';
export { messageGroup } from './message-group.ts';
export { type PublishOptions, type PublishSummary, publish } from './publish.ts';
export { fitsTopic, publishEvent, type SingleEvent } from './publish-event.ts';
export { type SendOptions, type SendSummary, sendInOrder } from './sending/send-in-order.ts';
export type { Entry } from './topic/entry.ts';
export { snsClient, snsTopic } from './topic/sns-topic.ts';
export type { EntryResult, Topic } from './topic/topic.ts';
