import { InvalidEventError } from '../../../../contract/errors.ts';
import type { CloudEvent } from '../../../../contract/event/event-parser.ts';
import { NeverEndedError, NotExecutedError, PermanentError } from '../../../../runtime/handler/errors.ts';
import type { Disposition } from '../../../../runtime/message/disposition.ts';
import { type Message, readMessage } from '../../../../runtime/message/sqs-message.ts';
import { type DeliveryVerdict, type SettleTerms, settle } from '../../../../runtime/settlement/settle.ts';
import { maxContentBytes } from '../../../../runtime/stores/content-size.ts';
import { anOrder } from '../../../support/orders.ts';
import { sqsRecord } from '../../../support/sqs.ts';
import { fakeWiring } from '../../../support/wiring.ts';

const now = 1_700_000_100_000;
const settings = {
  maxReceiveCount: 1000,
  queueRetentionSeconds: 4 * 86_400,
  visibilityTimeoutSeconds: 90,
  recordTtlSeconds: 45 * 86_400,
  onPoison: 'quarantine',
} as const;

const terms: SettleTerms = {
  now,
  random: 0.5,
  settings,
  event: { id: 'billing#urn:test#1', source: 'urn:test', eventId: '1' },
  commonFailure: { is: () => false },
};
const blocking: SettleTerms = { ...terms, settings: { ...settings, onPoison: 'block' } };
const commonFailure: SettleTerms = { ...terms, commonFailure: { is: () => true } };

function aMessage(over: Partial<Message<CloudEvent>> = {}): Message<CloudEvent> {
  const reader = { name: 'billing', parse: () => anOrder() as CloudEvent };
  return { ...readMessage(sqsRecord(anOrder()), reader, { ...fakeWiring(), ...settings }), ...over };
}

const message = aMessage();
/** Its retry would come after its queue deletes it. */
const old = aMessage({ latestRetryAt: now });
/** SQS would move it, and not give it again. */
const receivedOften = aMessage({ receiveCount: settings.maxReceiveCount });
const large = aMessage({ body: 'x'.repeat(maxContentBytes + 1) });

const history = { attempts: 1, firstAttemptAt: now };
const spentTries = { attempts: 5, firstAttemptAt: now - 3_600_000 };
const receivedLongAgo = aMessage({ firstReceivedAt: now - 3_600_000 });

const error = new Error('no');
const refused = { outcome: 'refused', error: new PermanentError('never') } as const;
const conflict = { outcome: 'conflict', applied: 'a', received: 'b' } as const;
const unknown = { outcome: 'unknown', reason: 'no answer' } as const;
const tried = { outcome: 'tried', error, history } as const;
const spent = { outcome: 'tried', error, history: spentTries } as const;
const undecided = { outcome: 'undecided', error } as const;

/** What of a disposition a row of the table names. */
function brief(disposition: Disposition) {
  const { kind, log } = disposition;
  const { ifSkipped } = { ifSkipped: undefined, ...disposition };
  return {
    kind,
    outcome: log.outcome,
    ...(log.code !== undefined && { code: log.code }),
    ...(kind === 'dead-letter' && { record: disposition.record }),
    ...(kind === 'retry' && { inMs: disposition.at - now }),
    ...(ifSkipped !== undefined && { ifSkipped: ifSkipped.record }),
  };
}

/** With a random number of 0.5: the backoff of a first receive, and the one at the cap. */
const firstBackoffMs = 2000;
const cappedBackoffMs = 151_000;

const acknowledged = (outcome: string, code?: string) => ({
  kind: 'acknowledge',
  outcome,
  ...(code && { code }),
});
const moved = (outcome: string, code: string, record: string) => ({
  kind: 'dead-letter',
  outcome,
  code,
  record,
});
const waits = (outcome: string, code: string, inMs = firstBackoffMs) => ({
  kind: 'retry',
  outcome,
  code,
  inMs,
});

describe('settle', () => {
  it.each<[string, DeliveryVerdict, Message<CloudEvent>, SettleTerms, object]>([
    ['acknowledges an applied event', { outcome: 'applied' }, message, terms, acknowledged('applied')],
    [
      'acknowledges a duplicate',
      { outcome: 'duplicate', appliedWith: 'm', result: undefined },
      message,
      terms,
      acknowledged('duplicate'),
    ],
    [
      'acknowledges an event whose copy is in the dead-letter queue',
      { outcome: 'quarantined', reason: 'why' },
      message,
      terms,
      acknowledged('poison', 'QUARANTINED'),
    ],
    [
      'acknowledges an unknown outcome that its record keeps',
      unknown,
      message,
      terms,
      acknowledged('unknown', 'OUTCOME_UNKNOWN'),
    ],
    [
      'acknowledges an unknown outcome whose body this delivery has copied',
      unknown,
      large,
      terms,
      acknowledged('unknown', 'OUTCOME_UNKNOWN'),
    ],
    [
      'acknowledges an unknown outcome whose body an earlier delivery of this message has copied',
      { ...unknown, keptWith: { messageId: message.id, ownerToken: 't' } },
      message,
      terms,
      acknowledged('unknown', 'OUTCOME_UNKNOWN'),
    ],
    [
      'copies the body of an unknown outcome again that may be the redrive of its only copy',
      { ...unknown, keptWith: { messageId: 'another', ownerToken: 't' } },
      message,
      terms,
      moved('unknown', 'OUTCOME_UNKNOWN', 'unchanged'),
    ],
    [
      'moves a body that is no event, and writes no record',
      { outcome: 'invalid', error: new InvalidEventError('INVALID_EVENT', 'no', 'id') },
      message,
      blocking,
      moved('poison', 'INVALID_EVENT', 'unchanged'),
    ],
    [
      'moves an event that is older than its record may be, and writes no record',
      { outcome: 'out-of-window' },
      message,
      blocking,
      moved('out-of-window', 'OUT_OF_WINDOW', 'unchanged'),
    ],
    ['quarantines a refused event', refused, message, terms, moved('poison', 'PERMANENT', 'quarantined')],
    [
      'moves a conflict, and leaves the record to the content that came before',
      conflict,
      message,
      terms,
      moved('conflict', 'CONFLICT', 'unchanged'),
    ],
    [
      'quarantines an event whose attempts are used up',
      spent,
      receivedLongAgo,
      terms,
      moved('poison', 'ATTEMPTS_EXHAUSTED', 'quarantined'),
    ],
    [
      'retries a redrive whose own minute is not over, however many attempts its record has',
      spent,
      aMessage({ firstReceivedAt: now }),
      terms,
      waits('failed', 'Error'),
    ],
    [
      'keeps a refused event in front of its group where poison blocks, unless an operator skips it',
      refused,
      message,
      blocking,
      { ...waits('blocked', 'PERMANENT', cappedBackoffMs), ifSkipped: 'quarantined' },
    ],
    [
      'leaves the record of a skipped conflict to the content that came before',
      conflict,
      message,
      blocking,
      { ...waits('blocked', 'CONFLICT', cappedBackoffMs), ifSkipped: 'unchanged' },
    ],
    [
      'moves a blocking event that its queue is about to delete, after the same look for a skip',
      refused,
      old,
      blocking,
      { ...moved('poison', 'RETENTION', 'quarantined-if-possible'), ifSkipped: 'quarantined' },
    ],
    ['retries a failed attempt after its backoff', tried, message, terms, waits('failed', 'Error')],
    [
      'retries an attempt that failed as all events do, although its attempts are used up',
      spent,
      receivedLongAgo,
      commonFailure,
      waits('failed', 'Error'),
    ],
    [
      'gives up an event whose attempts never ended, whatever else fails',
      { outcome: 'tried', error: new NeverEndedError(), history: spentTries },
      receivedLongAgo,
      commonFailure,
      moved('poison', 'ATTEMPTS_EXHAUSTED', 'quarantined'),
    ],
    [
      'looks for a skip of an event that fails as all events do, where poison blocks',
      tried,
      message,
      { ...blocking, commonFailure: { is: () => true } },
      { ...waits('failed', 'Error'), ifSkipped: 'quarantined' },
    ],
    ['retries after an error that decides nothing', undecided, message, terms, waits('failed', 'Error')],
    [
      'looks for no skip of an event that nobody knows',
      undecided,
      message,
      { ...blocking, event: undefined, commonFailure: { is: () => true } },
      waits('failed', 'Error'),
    ],
    [
      'waits for as long as the called system asks',
      { outcome: 'undecided', error: new NotExecutedError('later', { retryAfter: 60_000 }) },
      message,
      terms,
      waits('failed', 'NOT_DONE', 60_000),
    ],
    [
      'retries a message whose handler was pending at the end of the invocation',
      { outcome: 'handler-timeout' },
      message,
      terms,
      waits('failed', 'HANDLER_TIMEOUT'),
    ],
    [
      'retries a delivery whose lease was lost',
      { outcome: 'fenced', reason: 'lost' },
      message,
      terms,
      waits('fenced', 'FENCED'),
    ],
    [
      'moves a message that its queue would delete before its retry',
      undecided,
      old,
      terms,
      moved('poison', 'RETENTION', 'quarantined-if-possible'),
    ],
    [
      'moves a message that SQS would not give again',
      undecided,
      receivedOften,
      terms,
      moved('poison', 'RECEIVES_EXHAUSTED', 'quarantined-if-possible'),
    ],
    [
      'writes no record of a message in danger whose event nobody knows',
      undecided,
      old,
      { ...terms, event: undefined },
      moved('poison', 'RETENTION', 'unchanged'),
    ],
    [
      'waits for the end of the lease that another delivery holds, even at the last receive',
      { outcome: 'leased', leaseUntil: now + 7000 },
      receivedOften,
      terms,
      { kind: 'retry', outcome: 'leased', inMs: 7000 },
    ],
  ])('%s', (_, verdict, delivered, given, expected) => {
    expect(brief(settle(verdict, delivered, given))).toEqual(expected);
  });

  it('returns, for a message near its deletion, the disposition if its copy cannot be sent', () => {
    const disposition = settle(tried, old, terms);
    expect(disposition).toMatchObject({
      kind: 'dead-letter',
      reason: { code: 'RETENTION', attempts: 1, message: expect.stringContaining('Error: no') },
      ifNotSent: { kind: 'retry', at: now + firstBackoffMs, log: { outcome: 'failed', attempts: 1 } },
    });
  });

  it('marks a common failure in the log, whatever the disposition is', () => {
    for (const delivered of [message, old]) {
      expect(settle(undecided, delivered, commonFailure).log).toMatchObject({ commonFailure: true });
    }
  });
});
