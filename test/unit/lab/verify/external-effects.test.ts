import { idempotencyKey, sha256 } from '../../../../contract/event/identity.ts';
import type { ProviderRequest } from '../../../../lab/faults/provider/payment-provider.ts';
import { eventKey, expectationOf } from '../../../../lab/verify/expectation.ts';
import { chargesOf, resentOf } from '../../../../lab/verify/external/charges.ts';
import { compareExternalEffects } from '../../../../lab/verify/external/external-effects.ts';
import { mailsOf } from '../../../../lab/verify/external/mails.ts';
import { compareRecords } from '../../../../lab/verify/records.ts';
import type { HeldRecord } from '../../../../lab/verify/tables.ts';
import { anOrder } from '../../../support/orders.ts';

const events = [
  anOrder({ subject: '1', partitionkey: 'a' }, { total: 0.1, currency: 'GBP' }),
  anOrder({ subject: '2', partitionkey: 'b' }, { total: 0 }),
  anOrder({ subject: '3', partitionkey: 'c', type: 'order.cancelled' }, { total: 5 }),
];

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const key = (subject: string) => eventKey('urn:test', `event-of-${subject}`);

function held(status: string, fingerprint = ''): HeldRecord {
  return { status, fingerprint, lastError: 'why' };
}

function request(over: Partial<ProviderRequest> = {}): ProviderRequest {
  return {
    at: 0,
    key: 'k',
    reference: { source: 'urn:test', id: 'event-of-1' },
    amount: '0.10',
    currency: 'GBP',
    charged: true,
    fault: 'none',
    answer: 201,
    resent: false,
    ...over,
  };
}

describe('the verification of charges', () => {
  const verify = async (requests: readonly ProviderRequest[], record?: HeldRecord) => {
    const { charges } = await expectationOf(stream(events));
    return compareExternalEffects(
      'charge',
      charges,
      chargesOf(requests),
      new Map(record && [[key('1'), record]]),
    );
  };

  it('finds no problem if every placed order with a price was charged once', async () => {
    const refused = request({ charged: false, answer: 409, resent: true });
    await expect(verify([request(), refused])).resolves.toEqual({ doubled: 0, problems: [] });
  });

  it('reports a second charge for one event, even under another key', async () => {
    await expect(verify([request(), request({ key: 'other' })])).resolves.toEqual({
      doubled: 1,
      problems: [`2 times a charge for event ${key('1')}`],
    });
  });

  it('reports a missing charge, unless its outcome is recorded as unknown', async () => {
    const missing = [`no charge for event ${key('1')}`];
    await expect(verify([])).resolves.toMatchObject({ problems: missing });
    await expect(verify([], held('COMPLETED'))).resolves.toMatchObject({ problems: missing });
    await expect(verify([], held('OUTCOME_UNKNOWN'))).resolves.toMatchObject({ problems: [] });
  });

  it('reports a second charge for an event with an unknown outcome', async () => {
    await expect(verify([request(), request()], held('OUTCOME_UNKNOWN'))).resolves.toMatchObject({
      doubled: 1,
    });
  });

  it.each([
    ['amount', { amount: '0.11' }, 'says 0.11 GBP, expected 0.1 GBP'],
    ['currency', { currency: 'EUR' }, 'says 0.1 EUR, expected 0.1 GBP'],
  ])('reports a charge with another %s', async (_, over, problem) => {
    const { problems } = await verify([request(over)]);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it.each(['2', '3'])('reports a charge for event %s, which should not be charged', async (subject) => {
    const stray = request({ reference: { source: 'urn:test', id: `event-of-${subject}` } });
    const { problems } = await verify([request(), stray]);
    expect(problems).toEqual([`an unexpected charge for event ${key(subject)}`]);
  });

  it('counts resent requests by their cause', () => {
    const again = { resent: true, charged: false } as const;
    const requests = [
      request(),
      request({ ...again, cause: 'hung' }),
      request({ ...again, cause: 'answer lost' }),
      request({ ...again, cause: 'hung' }),
    ];
    expect(resentOf(requests)).toEqual({ total: 3, causes: { hung: 2, 'answer lost': 1 } });
  });
});

describe('the verification of mails', () => {
  const mailFor = (subject: string, to: string) => ({
    idempotencyKey: sha256(
      idempotencyKey('notifications', { source: 'urn:test', id: `event-of-${subject}` }),
    ),
    to: [to],
  });
  const verify = async (mails: Parameters<typeof mailsOf>[0]) => {
    const expected = await expectationOf(stream(events));
    return compareExternalEffects('mail', expected.mails, mailsOf(mails, expected, 'example.com'), new Map());
  };
  const sound = [mailFor('1', 'a@example.com'), mailFor('2', 'b@example.com')];

  it('finds no problem if each placed order was mailed once, to its account', async () => {
    await expect(verify(sound)).resolves.toEqual({ doubled: 0, problems: [] });
  });

  it('reports a second mail, a missing mail, a mail to another account and a mail without an event', async () => {
    await expect(verify([...sound, ...sound.slice(0, 1)])).resolves.toMatchObject({ doubled: 1 });
    await expect(verify(sound.slice(1))).resolves.toMatchObject({
      problems: [`no mail for event ${key('1')}`],
    });
    await expect(verify([...sound.slice(1), mailFor('1', 'a@example.org')])).resolves.toMatchObject({
      problems: [`a mail for event ${key('1')} says a@example.org, expected a`],
    });
    await expect(
      verify([...sound, { ...mailFor('1', 'a@example.com'), idempotencyKey: undefined }]),
    ).resolves.toMatchObject({
      problems: ['an unexpected mail for event with the key undefined'],
    });
  });
});

describe('accounts without a valid mailbox name', () => {
  const odd = [...events, anOrder({ subject: '4', partitionkey: 'a b' })];

  it('must get no mail, and their mails do not count as missing', async () => {
    const { mails, refusedMails } = await expectationOf(stream(odd));
    expect([...mails.keys()]).toEqual([key('1'), key('2')]);
    expect([...refusedMails]).toEqual([key('4')]);
    const none = compareExternalEffects('mail', mails, new Map([[key('4'), ['a b']]]), new Map());
    expect(none.problems).toContain(`an unexpected mail for event ${key('4')}`);
  });

  it('must have a quarantined record', async () => {
    const expected = await expectationOf(stream(odd));
    const records = (status: string) =>
      new Map(
        [...expected.events].map(([one, print]) => [
          one,
          held(one === key('4') ? status : 'COMPLETED', print),
        ]),
      );
    const compared = (status: string) =>
      compareRecords('notifications', expected, records(status), new Map(), expected.refusedMails);
    expect(compared('QUARANTINED')).toEqual({ missing: 0, unknown: [], problems: [] });
    expect(compared('COMPLETED').problems).toEqual([
      `notifications: no quarantined record of event ${key('4')}`,
    ]);
  });
});

describe('the verification of records', () => {
  it('lists unknown outcomes with their reasons, and counts unfinished events', async () => {
    const expected = await expectationOf(stream(events));
    const print = (subject: string) => expected.events.get(key(subject)) ?? '';
    const records = new Map([
      [key('1'), held('COMPLETED', print('1'))],
      [key('2'), held('OUTCOME_UNKNOWN', print('2'))],
      [key('3'), held('INPROGRESS', print('3'))],
    ]);
    expect(compareRecords('billing', expected, records, new Map([[key('2'), ['0.1 GBP']]]))).toEqual({
      missing: 1,
      unknown: [{ consumer: 'billing', source: 'urn:test', id: 'event-of-2', reason: 'why', happened: true }],
      problems: [`billing: no completed record of event ${key('3')}`],
    });
    expect(compareRecords('billing', expected, records).unknown).toMatchObject([{ happened: false }]);
  });
});
