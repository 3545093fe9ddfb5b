import { diagnose } from '../../../operations/explain/diagnose.ts';
import type { AskedEvent, ConsumerFacts, EventFacts, Path } from '../../../operations/explain/facts.ts';
import { urgencyOf } from '../../../operations/explain/finding.ts';
import type { ListedRecord } from '../../../operations/records/list-attention.ts';
import type { SeenRecord } from '../../../operations/records/record.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const day = 24 * hour;

const consumer = { consumer: 'billing' } as ConsumerFacts['consumer'];

const path: Path = {
  mapping: 'Enabled',
  isSubscribed: true,
  hasFilter: false,
  waiting: 0,
  undelivered: 0,
  retentionSeconds: 4 * 86_400,
  deadLetterRetentionSeconds: 14 * 86_400,
};

function record(given: Partial<SeenRecord> = {}): SeenRecord {
  return {
    id: 'billing#/shop#e-1',
    consumer: 'billing',
    source: '/shop',
    eventId: 'e-1',
    status: 'COMPLETED',
    fingerprint: '2:aa',
    messageId: 'm-1',
    messageGroup: 'g-1',
    expiration: (now + 40 * day) / 1000,
    completedAt: now - hour,
    guarantee: 'at-least-once',
    ...given,
  };
}

function asked(given: Partial<AskedEvent> = {}): AskedEvent {
  return {
    source: '/shop',
    id: 'e-1',
    messageGroup: 'g-1',
    body: '{}',
    line: 7,
    publication: { kind: 'accepted' },
    ...given,
  };
}

function letter(given: Partial<SeenRecord>): SeenRecord {
  return record({
    id: 'billing#%letter#m-2',
    attention: 'billing#DEAD_LETTER#0',
    attentionAt: now - hour,
    ...given,
  });
}

function explain(event: Partial<EventFacts>, facts: Partial<ConsumerFacts> = {}) {
  const events = [{ letters: [], ...event }];
  return diagnose({ consumer, events, path, ahead: [], hasSubjects: true, ...facts }, '4711', now);
}

const waiting = {
  status: 'RETRYING',
  attentionAt: now - hour,
  nextTryAt: now + 60_000,
  lastError: 'no answer',
} as const;
const attention = 'billing#QUARANTINED#0';
const quarantined = { status: 'QUARANTINED', attentionAt: now - hour, lastError: 'no such seat' } as const;
const wanted = { wanted: true, key: 'billing#/shop#e-1', fingerprint: '2:aa' } as const;

type Row = readonly [
  what: string,
  event: Partial<EventFacts>,
  facts: Partial<ConsumerFacts>,
  expected: object,
];

const redrive = "dlq plan billing --record 'billing#/shop#e-1'";

const rows: readonly Row[] = [
  ['an applied event', { record: record() }, {}, { kind: 'applied', since: now - hour }],
  [
    'an applied event whose effects are older than what is stored',
    { record: record({ result: JSON.stringify({ stale: [{}, {}] }) }) },
    {},
    { kind: 'applied-in-part', says: expect.stringContaining('2 effects were left out') },
  ],
  [
    'a record about which somebody decided',
    {
      record: record({
        decision: JSON.stringify({ what: 'done', by: 'ann', at: '2026-05-03', why: 'charge found' }),
      }),
    },
    {},
    { kind: 'applied', says: expect.stringContaining('ann decided "done" at 2026-05-03: charge found') },
  ],
  [
    'an expired record',
    { record: record({ expiration: now / 1000 - 1 }) },
    {},
    { kind: 'expired', says: expect.stringContaining('(COMPLETED) has expired') },
  ],
  [
    'a lease that runs',
    { record: record({ status: 'INPROGRESS', leaseUntil: now + 1 }) },
    {},
    { kind: 'running', until: now + 1 },
  ],
  [
    'a lease that ended, at least once',
    { record: record({ status: 'INPROGRESS', leaseUntil: now - 1 }) },
    {},
    { kind: 'waits-for-retry', says: expect.stringContaining('takes over') },
  ],
  [
    'a lease that ended, at most once',
    { record: record({ status: 'INPROGRESS', leaseUntil: now - 1, guarantee: 'at-most-once' }) },
    {},
    { kind: 'waits-for-retry', says: expect.stringContaining('asks an operator') },
  ],
  [
    'a lease that ended longer ago than SQS hides a message',
    { record: record({ status: 'INPROGRESS', leaseUntil: now - 13 * hour }) },
    {},
    { kind: 'abandoned', next: 'dlq ls billing' },
  ],
  [
    'a failed attempt',
    { record: record({ ...waiting, attemptState: 'FAILED', attempts: 2 }) },
    {},
    {
      kind: 'waits-for-retry',
      until: now + 60_000,
      says: expect.stringContaining('Attempt 2 failed: no answer'),
    },
  ],
  [
    'a dependency that is down',
    { record: record(waiting) },
    {},
    { kind: 'waits-for-dependency', says: expect.stringContaining('no attempt counts: no answer') },
  ],
  [
    'an attempt that never ended',
    { record: record({ ...waiting, attemptState: 'STARTED', attempts: 1 }) },
    {},
    { kind: 'suspect', says: expect.stringContaining('Its first attempt started') },
  ],
  [
    'a try that is 12 hours overdue',
    { record: record({ ...waiting, nextTryAt: now - 13 * hour }) },
    {},
    { kind: 'abandoned', says: expect.stringContaining('Nobody works on it') },
  ],
  [
    'an event that blocks its group',
    { record: record({ ...waiting, blocked: 'm-1' }) },
    {},
    { kind: 'blocked', next: 'blocked skip billing g-1' },
  ],
  [
    'an event that was blocked by an earlier message',
    { record: record({ ...waiting, blocked: 'm-0' }) },
    {},
    { kind: 'waits-for-dependency' },
  ],
  [
    'a retry whose event source mapping is off',
    { record: record(waiting) },
    { path: { ...path, mapping: 'Disabled' } },
    { kind: 'mapping-off', next: 'resume billing' },
  ],
  [
    'a quarantined event',
    { record: record({ ...quarantined, attention, attentionCode: 'PERMANENT' }) },
    {},
    {
      kind: 'dead-letter',
      next: redrive,
      until: now - hour + 14 * day,
      says: expect.stringContaining('(PERMANENT: no such seat)'),
    },
  ],
  [
    'a quarantined event whose copy is gone',
    {
      record: record({ ...quarantined, attention, attentionCode: 'PERMANENT', attentionAt: now - 15 * day }),
    },
    {},
    { kind: 'dead-letter-lost' },
  ],
  [
    'a quarantined event whose error has a code of its own',
    { record: record({ ...quarantined, attention, attentionCode: 'SeatTaken' }) },
    {},
    { kind: 'dead-letter', says: expect.stringContaining('Fix the cause, then redrive.') },
  ],
  [
    'a quarantined event whose copy was dropped',
    { record: record({ status: 'QUARANTINED', attentionAt: undefined }) },
    {},
    { kind: 'settled' },
  ],
  [
    'an outcome that was abandoned',
    { record: record({ decision: JSON.stringify({ what: 'abandoned', by: 'ann', at: '', why: 'old' }) }) },
    {},
    { kind: 'settled', says: expect.stringContaining('completed without its effect') },
  ],
  [
    'an event while the consumer is not configured',
    { asked: asked(), decision: { error: { code: 'CONFIGURATION', message: 'no table' } } },
    {},
    { kind: 'waits-for-dependency', says: expect.stringContaining('no table') },
  ],
  [
    'an event while another group is blocked',
    { asked: asked(), decision: wanted },
    { ahead: [{ ...record({ ...waiting, messageGroup: 'g-9' }), state: 'BLOCKED', since: now - hour }] },
    { kind: 'not-seen' },
  ],
  [
    'a message without a record of its own whose copy was dropped',
    {
      letters: [
        letter({
          attention: undefined,
          decision: JSON.stringify({ what: 'dropped', by: 'ann', at: '', why: 'known' }),
        }),
      ],
    },
    {},
    { kind: 'settled', says: expect.stringContaining('ann decided "dropped"') },
  ],
  [
    'an unknown outcome',
    {
      record: record({ status: 'OUTCOME_UNKNOWN', attentionAt: now - hour, lastError: 'the process ended' }),
    },
    {},
    { kind: 'unknown', next: "unknown show 'billing#/shop#e-1'" },
  ],
  [
    'a message without a record of its own in the dead-letter queue',
    { letters: [letter({ attentionCode: 'OUT_OF_WINDOW', lastError: 'too old' })] },
    {},
    { kind: 'dead-letter', next: "dlq show billing --record 'billing#%letter#m-2'" },
  ],
  [
    'a message without a record of its own that blocks its group',
    { letters: [letter({ attention: 'billing#BLOCKED#0', attentionCode: 'CONFLICT' })] },
    {},
    { kind: 'blocked', next: 'blocked skip billing g-1' },
  ],
  [
    'an event of a type that the consumer ignores',
    { asked: asked(), decision: { wanted: false, type: 'seat.seen' } },
    {},
    { kind: 'ignored', says: 'The consumer ignores events of type "seat.seen".' },
  ],
  [
    'an event that the consumer refuses',
    { asked: asked(), decision: { error: { code: 'INVALID_EVENT', message: 'seat: must be a text' } } },
    {},
    { kind: 'refused', says: expect.stringContaining('(INVALID_EVENT: seat: must be a text)') },
  ],
  [
    'an event behind the end of the journal',
    { asked: asked({ publication: { kind: 'not-sent' } }), decision: wanted },
    {},
    { kind: 'not-published', says: expect.stringContaining('before line 7') },
  ],
  [
    'an event at the end of the journal',
    { asked: asked({ publication: { kind: 'may-be-sent', firstPublished: now - hour } }), decision: wanted },
    {},
    { kind: 'may-be-unpublished', since: now - hour },
  ],
  [
    'an event of a lost subscription',
    { asked: asked(), decision: wanted },
    { path: { ...path, isSubscribed: false } },
    { kind: 'subscription-lost' },
  ],
  [
    'an event without a record whose event source mapping is off',
    { asked: asked(), decision: wanted },
    { path: { ...path, mapping: 'Disabled', waiting: 3 } },
    { kind: 'mapping-off', next: 'resume billing' },
  ],
  [
    'an event whose event source mapping is gone',
    { asked: asked(), decision: wanted },
    { path: { ...path, mapping: undefined } },
    { kind: 'mapping-off', says: expect.stringContaining('is gone') },
  ],
  [
    'an event with the id of another one',
    { asked: asked({ sameAsLine: 3 }), decision: { ...wanted, fingerprint: '2:bb' }, record: record() },
    {},
    { kind: 'same-as-another', says: expect.stringContaining('Line 3 of the file has the same id') },
  ],
  [
    'an event whose record has the fingerprint of an earlier algorithm',
    { asked: asked(), decision: wanted, record: record({ fingerprint: 'aa' }) },
    {},
    { kind: 'applied' },
  ],
  [
    'an event that the broker takes for another one',
    { asked: asked({ sameAsLine: 3 }), decision: wanted },
    {},
    { kind: 'same-as-another', says: expect.stringContaining('line 3') },
  ],
  [
    'an event behind one that is tried again',
    { asked: asked(), decision: wanted },
    { ahead: [{ ...record({ ...waiting, eventId: 'e-0' }), state: 'RETRYING', since: now - hour }] },
    {
      kind: 'waits-in-group',
      until: now + 60_000,
      next: undefined,
      says: expect.stringContaining('behind e-0'),
    },
  ],
  [
    'an event behind one that blocks',
    { asked: asked(), decision: wanted },
    { ahead: [{ ...record({ ...waiting, eventId: 'e-0' }), state: 'BLOCKED', since: now - hour }] },
    { kind: 'waits-in-group', next: 'blocked ls billing', says: expect.stringContaining('blocks it') },
  ],
  [
    'an event whose turn has not come',
    { asked: asked(), decision: wanted },
    { path: { ...path, waiting: 12 } },
    { kind: 'waits-in-queue', says: expect.stringContaining('among the 12 messages of the queue') },
  ],
  [
    'an event that SNS could not deliver',
    { asked: asked(), decision: wanted },
    { path: { ...path, undelivered: 1 } },
    {
      kind: 'undelivered',
      causes: expect.arrayContaining([expect.stringContaining('the 1 message that SNS could not deliver')]),
    },
  ],
  [
    'an event of which nothing is known',
    {},
    { path: { ...path, hasFilter: true } },
    {
      kind: 'not-seen',
      event: '4711',
      says: 'It was not seen here.',
      causes: [
        expect.stringContaining('never published'),
        expect.stringContaining('filter policy'),
        expect.stringContaining('deduplication id of another event'),
        expect.stringContaining('its record has expired'),
      ],
    },
  ],
  [
    'a subject in a table that cannot find subjects',
    {},
    { hasSubjects: false },
    { kind: 'not-seen', causes: expect.arrayContaining([expect.stringContaining('no index of subjects')]) },
  ],
];

test.each(rows)('%s', (_, event, facts, expected) => {
  const found = explain(event, facts);
  expect(found).toEqual([expect.objectContaining({ consumer: 'billing', ...expected })]);
});

test('an applied event whose id came again with other content has two findings, and the second one needs a person', () => {
  const conflict = letter({ attentionCode: 'CONFLICT', lastError: 'other content' });
  const found = explain({ record: record(), letters: [conflict] });
  expect(found.map((one) => [one.kind, urgencyOf(one)])).toEqual([
    ['applied', 'done'],
    ['dead-letter', 'act'],
  ]);
  expect(found[1]?.next).toBe("dlq show billing --record 'billing#%letter#m-2'");
});

test('every finding that waits in a group names what is ahead, and the oldest one counts', () => {
  const entry = (eventId: string): ListedRecord => ({
    ...record({ ...waiting, eventId }),
    state: 'RETRYING',
    since: now,
  });
  const [found] = explain({ asked: asked(), decision: wanted }, { ahead: [entry('e-8'), entry('e-9')] });
  expect(found?.says).toContain('behind e-8');
});
