import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { fingerprint } from '../../../../contract/event/fingerprint.ts';
import { version } from '../../../../contract/version.ts';
import { atMostOnce, createConsumer, type IdentifyAnswer } from '../../../../runtime/index.ts';
import { seatBooked, seatRecordId } from '../../../support/seats.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { fakeWiring } from '../../../support/wiring.ts';

const event = { ...seatBooked(), data: { seat: ' 1A' } };
const bodies = [
  JSON.stringify(event),
  { body: JSON.stringify({ ...event, data: { seat: 1 } }) },
  JSON.stringify({ ...event, type: 'seat.released' }),
  '{',
  null,
];

const handle = jest.fn(async () => {});
const options = {
  events: { 'seat.booked': v.object({ seat: v.pipe(v.string(), v.trim()) }) },
  ignore: 'others',
  guarantee: atMostOnce(),
  handle,
} as const;

async function ask(consumer: unknown, request: object): Promise<IdentifyAnswer> {
  return await (consumer as (event: object) => Promise<IdentifyAnswer>)(request);
}

describe('a consumer that is asked to identify bodies', () => {
  it('returns for each body whether it is wanted, its key and fingerprint, or the error, and changes nothing', async () => {
    // GIVEN no environment at all, as no dependencies are given
    const consumer = createConsumer({ name: 'bookings', ...options });
    // WHEN it is asked, THEN it answers
    await expect(ask(consumer, { 'order-once': 'identify', bodies })).resolves.toEqual({
      consumer: 'bookings',
      version,
      bodies: [
        { wanted: true, key: seatRecordId, fingerprint: fingerprint(event) },
        {
          error: {
            code: 'INVALID_EVENT',
            field: 'data.seat',
            message: expect.stringMatching(/^data\.seat: /),
          },
        },
        { wanted: false, type: 'seat.released' },
        { error: { code: 'INVALID_JSON', message: expect.any(String) } },
        { error: { code: 'INVALID_JSON', message: expect.any(String) } },
      ],
    });
    expect(handle).not.toHaveBeenCalled();
  });

  it('returns the same key and fingerprint as in its records', async () => {
    const wiring = fakeWiring();
    const consumer = createConsumer({ name: 'bookings', ...options, key: ({ data }) => data.seat }, wiring);
    const { bodies: answers } = await ask(consumer, {
      'order-once': 'identify',
      bodies: [JSON.stringify(event)],
    });
    expect(wiring.store.calls).toEqual([]);
    await consumer(sqsEvent(sqsRecord(event)), remaining());
    const [[key, record] = []] = [...wiring.memory.records.entries()];
    expect(answers).toEqual([{ wanted: true, key, fingerprint: record?.fingerprint }]);
  });

  it('refuses a request without bodies, and names the accepted form', async () => {
    const consumer = createConsumer({ name: 'bookings', ...options });
    await expect(ask(consumer, { 'order-once': 'identify' })).rejects.toThrow(/needs "bodies": a list/);
  });
});

it('the exported version is that of package.json', () => {
  const manifest = readFileSync(join(__dirname, '../../../../package.json'), 'utf8');
  expect(version).toBe(JSON.parse(manifest).version);
});
