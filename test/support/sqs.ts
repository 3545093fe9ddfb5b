export { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../testing/sqs-event.ts';
