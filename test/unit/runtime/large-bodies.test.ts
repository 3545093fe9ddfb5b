import { sha256 } from '../../../contract/event/identity.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atMostOnce,
  createConsumer,
  type ExternalHandler,
  exactlyOnce,
  increment,
  NotExecutedError,
  PermanentError,
  type ResendMessage,
  resolve,
} from '../../../runtime/index.ts';
import { checkTaken } from '../../fuzz/oracles/sqs-limits.ts';
import { anOrder } from '../../support/orders.ts';
import { reasonsOf } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { settled, Timeline } from '../../support/timeline.ts';

const guarantee = atMostOnce();

/** DynamoDB's, of an item (AWS: "Quotas in Amazon DynamoDB"). */
const mostOfItem = 400 * 1024;

/** An event whose body has so many bytes. */
function ofBytes(bytes: number, note = 'x'): OrderEvent {
  const bare = { ...anOrder(), note: '' };
  const left = bytes - Buffer.byteLength(JSON.stringify(bare));
  return { ...bare, note: note.repeat(left / Buffer.byteLength(note)) };
}

const large = ofBytes(500_000);
const body = JSON.stringify(large);

let t: Timeline;
beforeEach(() => {
  t = new Timeline();
});

/** A delivery whose answer is lost. Its record fits an item, whatever became of it. */
async function lost(event: OrderEvent, handle: ExternalHandler<OrderEvent> = t.provider.losesAnswer) {
  const outcome = await t.external(guarantee, handle, { event });
  expect(Buffer.byteLength(JSON.stringify(t.record ?? {}))).toBeLessThan(mostOfItem);
  return outcome;
}

describe('an unknown outcome', () => {
  it.each(['x', 'ü'])('keeps a message of 380 KB of the character %s in its record', async (note) => {
    const attributes = '{"first-published":{"type":"Number","value":"1700000000000"}}';
    const event = ofBytes(380 * 1024 - attributes.length, note);
    await lost(event);
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', body: JSON.stringify(event) });
    expect(t.record?.messageAttributes).toBe(attributes);
    expect(t.wiring.letters).toEqual([]);
  });

  it.each([
    380 * 1024 - 40,
    400 * 1024,
    1024 * 1024 - 1000,
  ])('keeps a body of %d bytes in the dead-letter queue, and its digest in the record', async (bytes) => {
    const event = ofBytes(bytes, bytes % 2 === 0 ? 'x' : 'ü');
    await expect(lost(event)).resolves.toMatchObject({
      acknowledged: true,
      outcome: 'unknown',
      recordId: t.key,
      reason: expect.stringContaining('BODY_KEPT'),
    });
    expect(t.record).toMatchObject({
      status: 'OUTCOME_UNKNOWN',
      body: undefined,
      messageAttributes: undefined,
      bodySha256: sha256(JSON.stringify(event)),
      messageId: 'm1',
    });
    expect(t.wiring.letters).toMatchObject([{ body: JSON.stringify(event), deduplicationId: 'm1' }]);
    for (const letter of t.wiring.letters) checkTaken(letter);
    expect(reasonsOf(t.wiring.letters)).toMatchObject([{ code: 'BODY_KEPT', consumer: 'billing' }]);
  });

  it('has a copy that names the record and the owner token to resolve', async () => {
    await lost(large);
    expect(reasonsOf(t.wiring.letters)).toMatchObject([
      { recordId: t.key, attempt: t.record?.ownerToken, message: expect.stringContaining('socket hang up') },
    ]);
  });

  it('has a copy that operators find in their list, as long as it is in the dead-letter queue', async () => {
    await lost(large);
    expect([...t.wiring.memory.listed.values()]).toMatchObject([
      { state: 'DEAD_LETTER', messageId: 'm1', reason: { code: 'BODY_KEPT' } },
    ]);
  });

  it('is written only after the copy is in the dead-letter queue', async () => {
    // GIVEN a dead-letter queue that refuses twice
    const { deadLetters } = t.wiring;
    const found: unknown[] = [];
    let refusals = 2;
    Object.assign(t.wiring, {
      deadLetters: {
        async send(letter: Parameters<typeof deadLetters.send>[0]) {
          found.push(t.record?.status);
          if (refusals-- > 0) throw new Error('AccessDenied');
          await deadLetters.send(letter);
        },
      },
    });
    // WHEN
    await expect(lost(large)).resolves.toMatchObject({ outcome: 'unknown' });
    // THEN
    expect(found).toEqual(['INPROGRESS', 'INPROGRESS', 'INPROGRESS']);
    expect(t.record?.status).toBe('OUTCOME_UNKNOWN');
    expect(t.wiring.letters).toHaveLength(1);
  });

  it('has its body copied once, however often the write of its record is tried', async () => {
    t.store.befall('holdUnknown', 'contended', 'down');
    await expect(lost(large)).resolves.toMatchObject({ outcome: 'unknown' });
    expect(t.wiring.letters).toHaveLength(1);
  });

  it('is not recorded, and its message stays, if the dead-letter queue does not accept the copy', async () => {
    Object.assign(t.wiring, { deadLetters: { send: () => Promise.reject(new Error('AccessDenied')) } });
    await expect(lost(large)).resolves.toMatchObject({ acknowledged: false, code: 'STORE_BUSY' });
    expect(t.record?.status).toBe('INPROGRESS');
  });

  it('keeps the body of a claim whose owner died', async () => {
    void t.external(guarantee, t.provider.diesAfter, { event: large });
    await settled();
    t.passLeases();
    await expect(lost(large)).resolves.toMatchObject({ acknowledged: true, outcome: 'unknown' });
    expect(t.record).toMatchObject({ bodySha256: sha256(body) });
    expect(t.wiring.letters).toMatchObject([{ body }]);
  });

  it('keeps the body of an event whose guarantee changed', async () => {
    await t.external(guarantee, () => Promise.reject(new NotExecutedError('429')), { event: large });
    await expect(t.effects(exactlyOnce(), { event: large, messageId: 'm2' })).resolves.toMatchObject({
      acknowledged: true,
      outcome: 'unknown',
    });
    expect(t.record).toMatchObject({ status: 'OUTCOME_UNKNOWN', bodySha256: sha256(body) });
    expect(t.wiring.letters).toMatchObject([{ body, deduplicationId: 'm2' }]);
  });
});

describe('the copy of a body that is too large for a record', () => {
  beforeEach(async () => {
    await t.external(guarantee, t.provider.losesAnswer, { event: large, attributes: { tenant: 'acme' } });
  });

  it('is not sent again for a redelivery of its own message', async () => {
    await expect(lost(large)).resolves.toMatchObject({ acknowledged: true, outcome: 'unknown' });
    expect(t.wiring.letters).toHaveLength(1);
  });

  it('returns to the dead-letter queue if it is redriven before its outcome is resolved', async () => {
    const redriven = { event: large, messageId: 'm2' };
    await expect(t.external(guarantee, t.provider.charge, redriven)).resolves.toMatchObject({
      acknowledged: true,
      outcome: 'unknown',
    });
    expect(t.provider.charges).toHaveLength(1);
    expect(t.wiring.letters[1]).toMatchObject({ body, deduplicationId: 'm2' });
    expect(reasonsOf(t.wiring.letters)[1]).toMatchObject({
      code: 'BODY_KEPT',
      recordId: t.key,
      attempt: t.record?.ownerToken,
    });
  });

  it('stays in its queue if it is redriven and cannot be copied back', async () => {
    Object.assign(t.wiring, { deadLetters: { send: () => Promise.reject(new Error('AccessDenied')) } });
    await expect(
      t.external(guarantee, t.provider.charge, { event: large, messageId: 'm2' }),
    ).resolves.toMatchObject({ acknowledged: false, outcome: 'failed' });
  });

  describe('is sent again by resolve', () => {
    const sent: ResendMessage[] = [];
    const attributesOf = () => t.wiring.letters[0]?.attributes ?? {};
    const retry = (Body?: string, MessageAttributes = attributesOf()) =>
      resolve({
        store: t.store,
        id: t.key,
        attempt: t.record?.ownerToken ?? '',
        as: 'retry',
        send: async (message) => void sent.push(message),
        ...(Body !== undefined && { copy: { Body, MessageAttributes } }),
      });
    beforeEach(() => {
      sent.length = 0;
    });

    it('if the operator passes it, with the attributes of its message', async () => {
      await retry(body);
      expect(sent).toMatchObject([{ body, messageGroup: 'customer-17850' }]);
      const { attributes } = sent[0] as ResendMessage;
      expect(attributes).toEqual({
        tenant: { DataType: 'String', StringValue: 'acme' },
        'first-published': { DataType: 'Number', StringValue: '1700000000000' },
        'resolved-attempt': { DataType: 'String', StringValue: t.record?.ownerToken },
      });
      await t.external(guarantee, t.provider.charge, { event: large, attributes, messageId: 'm3' });
      expect(t.record).toMatchObject({ status: 'COMPLETED', bodySha256: undefined });
    });

    it('and without it, the error says where the copy is', async () => {
      await expect(retry()).rejects.toMatchObject({
        code: 'NOT_RESOLVABLE',
        message: expect.stringMatching(/give it as "copy".*copy of message m1.*BODY_KEPT/),
      });
      expect(sent).toEqual([]);
    });

    it('and a copy that was received without its attributes is refused', async () => {
      await expect(retry(body, {})).rejects.toThrow("MessageAttributeNames: ['All']");
      expect(sent).toEqual([]);
    });

    it('and any other body is refused', async () => {
      await expect(retry(`${body} `)).rejects.toThrow(sha256(body));
      expect(sent).toEqual([]);
    });
  });

  it('is a duplicate if it is redriven after its outcome was resolved as done', async () => {
    const { ownerToken: attempt = '' } = t.record ?? {};
    const done = { as: 'done', recordTtlSeconds: 45 * 86_400, clock: t.clock } as const;
    await resolve({ store: t.store, id: t.key, attempt, ...done });
    expect(t.record).toMatchObject({ status: 'COMPLETED', bodySha256: undefined });
    await expect(
      t.external(guarantee, t.provider.charge, { event: large, messageId: 'm2' }),
    ).resolves.toMatchObject({ outcome: 'duplicate' });
  });
});

it('a refused event is copied, whatever its size', async () => {
  await lost(large, () => Promise.reject(new PermanentError('no')));
  expect(t.wiring.letters).toMatchObject([{ body }]);
  expect(t.record?.status).toBe('QUARANTINED');
});

it('no event behind a redriven copy is applied before the copy is back in the dead-letter queue', async () => {
  // GIVEN an unknown outcome whose copy is redriven, in front of another event of its group
  await t.external(guarantee, t.provider.losesAnswer, { event: large });
  Object.assign(t.wiring, { deadLetters: { send: () => Promise.reject(new Error('AccessDenied')) } });
  const handle = ({ data }: OrderEvent) => [increment('ledger', { orderId: data.orderId }, { times: 1 })];
  const consumer = createConsumer(
    { name: 'billing', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
    t.wiring,
  );
  const next = anOrder({ id: 'next', subject: 'next' });
  const records = [sqsRecord(body, { messageId: 'm2' }), sqsRecord(next, { messageId: 'm3' })];
  // WHEN
  const { batchItemFailures } = await consumer(sqsEvent(...records), remaining());
  // THEN
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m2', 'm3']);
  expect(t.wiring.memory.tables.items('ledger')).toEqual([]);
});
