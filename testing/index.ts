export { anEvent } from './an-event.ts';
export { ManualClock } from './manual-clock.ts';
export { type RecordOptions, remaining, sqsEvent, sqsRecord } from './sqs-event.ts';
export { type TestDeadLetter, type TestedConsumer, type TestOptions, testConsumer } from './test-consumer.ts';
