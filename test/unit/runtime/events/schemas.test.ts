import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import * as v from 'valibot';
import * as z from 'zod';
import { fingerprint } from '../../../../contract/event/fingerprint.ts';
import { atMostOnce, createConsumer, exactlyOnce, put } from '../../../../runtime/index.ts';
import { deliveriesOf } from '../../../support/deliver-orders.ts';
import { seatBooked } from '../../../support/seats.ts';
import { reasonsOf } from '../../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

const booked = (data: unknown, over: object = {}) => seatBooked({ ...over, data });

/** What the handler got as `data`. */
async function deliver(schema: StandardSchemaV1, ...bodies: unknown[]): Promise<unknown[]> {
  const handled: unknown[] = [];
  const consumer = createConsumer(
    {
      name: 'bookings',
      events: { 'seat.booked': schema },
      guarantee: exactlyOnce(),
      handle: ({ data }) => {
        handled.push(data);
        return [];
      },
    },
    wiring,
  );
  await consumer(
    sqsEvent(...bodies.map((body, index) => sqsRecord(body, { messageId: `m${index}` }))),
    remaining(),
  );
  return handled;
}

const schemas = {
  valibot: v.object({ seat: v.pipe(v.string(), v.trim()), price: v.optional(v.number(), 5) }),
  zod: z.object({ seat: z.string().trim(), price: z.number().default(5) }),
  arktype: type({ seat: 'string.trim', price: 'number = 5' }),
};

describe.each(Object.entries(schemas))('a schema of %s', (_, schema) => {
  it('passes its output to the handler, and the record gets the fingerprint of the original event', async () => {
    const event = booked({ seat: ' 1A ', extra: true });
    await expect(deliver(schema, event)).resolves.toEqual([
      expect.objectContaining({ seat: '1A', price: 5 }),
    ]);
    expect([...wiring.memory.records.values()]).toMatchObject([{ fingerprint: fingerprint(event) }]);
  });

  it('makes an event with an issue poison, and the reason names the field', async () => {
    await expect(deliver(schema, booked({ seat: 4, price: 1 }))).resolves.toEqual([]);
    expect(deliveriesOf(wiring)).toMatchObject([
      { outcome: 'poison', code: 'INVALID_EVENT', field: 'data.seat', source: '/halls', eventId: '1' },
    ]);
    expect(reasonsOf(wiring.letters)).toMatchObject([
      { field: 'data.seat', message: expect.stringMatching(/^data\.seat: /) },
    ]);
    // A look at its record, which writes nothing, and an entry for operators.
    expect(wiring.store.calls).toEqual(['release', 'list']);
    expect(wiring.memory.records.size).toBe(0);
  });
});

const strict = {
  valibot: v.object({ name: v.pipe(v.string(), v.maxLength(3)), price: v.pipe(v.number(), v.minValue(0)) }),
  zod: z.object({ name: z.string().max(3), price: z.number().min(0) }),
  arktype: type({ name: 'string <= 3', price: 'number >= 0' }),
};

describe.each(Object.entries(strict))('a value that a schema of %s refuses', (_, schema) => {
  it.each([
    ['a text', { name: 'Smith', price: 1 }],
    ['a number', { name: 'A', price: -90210 }],
    ['a value of another type', { name: 90210, price: 1 }],
    ['a list', { name: ['Smith', 90210], price: 1 }],
  ])('is in no log line and in no reason: %s', async (_, data) => {
    await deliver(schema, booked(data));
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'poison', code: 'INVALID_EVENT' }]);
    expect(JSON.stringify([wiring.logged, reasonsOf(wiring.letters)])).not.toMatch(/Smith|90210/);
  });

  it('is in no log line and in no reason if the parser of the consumer throws the error of the schema', async () => {
    const consumer = createConsumer(
      {
        name: 'bookings',
        parse: ({ body }) => {
          const event = JSON.parse(body);
          const { issues } = schema['~standard'].validate(event.data) as { issues?: object[] };
          if (issues !== undefined) throw Object.assign(new Error('Smith'), { issues });
          return event;
        },
        guarantee: exactlyOnce(),
        handle: () => [],
      },
      wiring,
    );
    await consumer(sqsEvent(sqsRecord(booked({ name: 'Smith', price: 1 }))), remaining());
    expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'poison', code: 'INVALID_EVENT' }]);
    expect(JSON.stringify([wiring.logged, reasonsOf(wiring.letters)])).not.toContain('Smith');
  });
});

it('a repeated event with the same input is a duplicate, whatever the schema returns', async () => {
  let nonce = 0;
  const schema = v.pipe(
    v.unknown(),
    v.transform(() => {
      nonce += 1;
      return { nonce };
    }),
  );
  await deliver(schema, booked({ seat: '1A' }), booked({ seat: '1A' }), booked({ seat: '1B' }));
  expect(deliveriesOf(wiring).map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate', 'conflict']);
});

it('the fingerprint is taken before a schema can change its input', async () => {
  const schema = v.custom<{ seat: string }>((data) => {
    (data as { seat: string }).seat = 'another';
    return true;
  });
  await deliver(schema, booked({ seat: '1A' }));
  expect([...wiring.memory.records.values()]).toMatchObject([
    { fingerprint: fingerprint(booked({ seat: '1A' })) },
  ]);
});

it.each([
  ['the envelope', booked({ seat: '1A' }, { source: 'not a URI' }), 'INVALID_EVENT', 'source'],
  [
    'exact numbers',
    JSON.stringify(booked({ seat: 0 })).replace(':0', ':0.12345678901234567891'),
    'INEXACT_NUMBER',
    'data.seat',
  ],
  ['the body', '{', 'INVALID_JSON', undefined],
])('a consumer checks %s before the schema runs', async (_, body, code, field) => {
  const validate = jest.fn();
  await deliver({ '~standard': { version: 1, vendor: 'test', validate } }, body);
  expect(validate).not.toHaveBeenCalled();
  expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'poison', code, ...(field && { field }) }]);
});

it.each([
  'seat.released',
  'constructor',
  '__proto__',
])('an event of the type %s, which has no schema, is poison', async (type) => {
  await expect(deliver(schemas.valibot, booked({}, { type }))).resolves.toEqual([]);
  expect(deliveriesOf(wiring)).toMatchObject([
    {
      outcome: 'poison',
      code: 'UNHANDLED_TYPE',
      field: 'type',
      reason: expect.stringContaining('"seat.booked"'),
    },
  ]);
  expect(wiring.letters).toHaveLength(1);
});

it.each([
  [
    'valibot',
    v.pipeAsync(
      v.unknown(),
      v.checkAsync(async () => true),
    ),
  ],
  ['zod', z.unknown().refine(async () => false)],
])('messages wait if a schema of %s returns a promise', async (_, schema) => {
  await expect(deliver(schema, booked({}))).resolves.toEqual([]);
  expect(deliveriesOf(wiring)).toMatchObject([
    {
      outcome: 'failed',
      code: 'CONFIGURATION',
      reason: expect.stringMatching(/"seat\.booked".* promise: use a schema/),
    },
  ]);
  expect(wiring.letters).toEqual([]);
});

it('an attempt of the event is counted if its schema throws', async () => {
  const validate = () => {
    throw new TypeError('of the schema');
  };
  await deliver({ '~standard': { version: 1, vendor: 'test', validate } }, booked({}));
  expect(deliveriesOf(wiring)).toMatchObject([{ outcome: 'failed', code: 'PARSER_FAILED', attempts: 1 }]);
});

it("the handler gets the data of the event type's own schema", async () => {
  const mailed: string[] = [];
  const consumer = createConsumer(
    {
      name: 'mails',
      events: {
        'seat.booked': v.object({ seat: v.string() }),
        'seat.released': z.object({ rows: z.number() }),
      },
      guarantee: atMostOnce(),
      handle: async (event) => {
        mailed.push(event.type === 'seat.booked' ? event.data.seat.trim() : event.data.rows.toFixed(1));
      },
    },
    wiring,
  );
  const released = booked({ rows: 2 }, { id: '2', type: 'seat.released' });
  await consumer(sqsEvent(sqsRecord(booked({ seat: '1A' })), sqsRecord(released)), remaining());
  expect(mailed).toEqual(['1A', '2.0']);
});

it('a parser gets the body and the message attributes', async () => {
  const parsed: unknown[] = [];
  const attributes = { tenant: { dataType: 'String', stringValue: 'one' } } as never;
  const consumer = createConsumer(
    {
      name: 'bookings',
      parse: ({ body, attributes }) => {
        parsed.push(attributes);
        return { ...booked({}), ...JSON.parse(body), seat: '1A' } as const;
      },
      guarantee: exactlyOnce(),
      handle: ({ seat }) => [put('ledger', { orderId: seat })],
    },
    wiring,
  );
  const { messageAttributes: _, ...without } = sqsRecord({ id: '2' }, { messageId: 'm2' });
  await consumer(sqsEvent(sqsRecord({}, { attributes }), without as never), remaining());
  expect(parsed).toEqual([attributes, {}]);
  expect(wiring.memory.tables.items('ledger')).toEqual([{ orderId: '1A' }]);
});
