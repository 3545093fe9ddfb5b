import * as v from 'valibot';
import { cloudEvent, eventParser } from '../../../../contract/event/event-parser.ts';
import { createConsumer, exactlyOnce } from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { fakeWiring } from '../../../support/wiring.ts';

/* Takes a batch of ten suspects, the last of which hangs the parser; prints the receipt handles that it acknowledges. */

const note = v.pipe(v.string(), v.regex(/^([a-z]+ ?)+$/));
const schema = v.looseObject({
  ...cloudEvent.entries,
  data: v.looseObject({ note: v.optional(note) }),
});
const wiring = fakeWiring({
  acknowledgements: {
    acknowledge: async (handles) => void process.stdout.write(`${handles.join('\n')}\n`),
  },
});
const consumer = createConsumer(
  { name: 'orders', parse: eventParser(schema), guarantee: exactlyOnce(), handle: () => [] },
  wiring,
);
const records = Array.from({ length: 10 }, (_, n) => {
  const event = anOrder({ subject: `o${n}`, partitionkey: `g${n}` });
  const data = n === 9 ? { ...event.data, note: `${'a'.repeat(60)}!` } : event.data;
  return sqsRecord({ ...event, data }, { messageId: `m${n}`, group: `g${n}`, receiveCount: 40 });
});
await consumer(sqsEvent(...records), remaining());
