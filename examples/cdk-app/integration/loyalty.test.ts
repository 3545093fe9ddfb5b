import { randomUUID } from 'node:crypto';
import { type RunningStack, startLocal } from 'order-once/local';
import { anEvent } from 'order-once/testing';

/** Enough for the first run on a slow machine, which installs the emulator. */
const minutes = 60_000;

let stack: RunningStack;

beforeAll(async () => {
  stack = await startLocal({ emulator: process.env.LOCALSTACK ? 'localstack' : 'ministack' });
}, 10 * minutes);
afterAll(() => stack?.close());

test(
  'a purchase counts once, even if it is published again after the window of the broker',
  async () => {
    const { TopicArn, MembersTableName } = stack.outputs;
    const member = randomUUID();
    const made = anEvent({
      id: randomUUID(),
      type: 'purchase.made',
      partitionkey: member,
      data: { euros: 20.5 },
    });
    await stack.publish(TopicArn, made);
    await stack.publish(TopicArn, made, { deduplication: () => randomUUID() });
    await stack.drained();
    expect(await stack.read(MembersTableName, { member })).toEqual({ member, points: 20 });
  },
  10 * minutes,
);
