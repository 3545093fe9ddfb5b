import type { DeliveryLog } from '../../../../contract/reporting/delivery-log.ts';
import { count } from '../../../../lab/observe/counts.ts';

function delivery(
  messageId: string,
  outcome: DeliveryLog['outcome'],
  over: Partial<DeliveryLog> = {},
): DeliveryLog {
  return {
    message: 'delivery',
    consumer: 'fulfilment',
    outcome,
    messageId,
    messageGroup: 'g',
    receiveCount: 1,
    ...over,
  };
}

describe('counting deliveries', () => {
  it('counts messages by their verdict', () => {
    const logs = [
      delivery('1', 'applied'),
      delivery('2', 'duplicate', { appliedWith: '1' }),
      delivery('3', 'conflict'),
      delivery('4', 'poison'),
      delivery('5', 'unknown'),
    ];
    expect(count(logs)).toEqual({
      delivered: 5,
      applied: 1,
      stale: 0,
      duplicates: 1,
      conflicts: 1,
      poison: 1,
      unknown: 1,
      quarantined: 2,
      failed: 0,
      retried: 0,
      suspects: 0,
    });
  });

  it('counts a message with stale effects once as applied and once as stale', () => {
    const logs = [delivery('1', 'applied', { stale: 2 }), delivery('2', 'applied')];
    expect(count(logs)).toMatchObject({ delivered: 2, applied: 2, stale: 1 });
  });

  it('counts a message once, however often it was delivered', () => {
    const logs = [
      delivery('1', 'failed'),
      delivery('1', 'applied', { receiveCount: 2 }),
      delivery('1', 'duplicate', { receiveCount: 3, appliedWith: '1' }),
    ];
    expect(count(logs)).toMatchObject({ delivered: 1, applied: 1, duplicates: 0, failed: 2 });
  });

  it('counts a message twice if its log says twice that it was applied, which no correct consumer does', () => {
    expect(count([delivery('1', 'applied'), delivery('1', 'applied', { receiveCount: 2 })])).toMatchObject({
      delivered: 1,
      applied: 2,
    });
  });

  it('counts quarantined messages, so that the counts add up to the delivered messages', () => {
    const logs = [
      delivery('1', 'conflict'),
      delivery('2', 'poison'),
      delivery('2', 'poison', { receiveCount: 2, code: 'QUARANTINED' }),
      delivery('3', 'out-of-window'),
      delivery('4', 'applied'),
      delivery('5', 'failed'),
    ];
    const { delivered, applied, duplicates, quarantined, unknown } = count(logs);
    expect(quarantined).toBe(3);
    expect(delivered).toBe(applied + duplicates + quarantined + unknown);
  });

  it('counts repeated deliveries, and deliveries of suspects', () => {
    const logs = [
      delivery('1', 'failed'),
      delivery('1', 'failed', { receiveCount: 2 }),
      delivery('1', 'applied', { receiveCount: 3, suspect: true }),
      // Waited twice behind the other.
      delivery('2', 'applied', { receiveCount: 3, suspect: true }),
    ];
    expect(count(logs)).toMatchObject({ delivered: 2, failed: 4, retried: 3, suspects: 2 });
  });

  it('uses the first verdict of a message', () => {
    const logs = [delivery('1', 'poison'), delivery('1', 'conflict', { receiveCount: 2 })];
    expect(count(logs)).toMatchObject({ delivered: 1, poison: 1, conflicts: 0 });
  });

  it('counts a message as applied if a slow owner completed it after its outcome was recorded as unknown', () => {
    const logs = [delivery('1', 'unknown', { receiveCount: 2 }), delivery('1', 'applied')];
    expect(count(logs)).toMatchObject({ delivered: 1, applied: 1, unknown: 0 });
  });

  it('counts a message as applied if an earlier delivery of the same message applied it and died before its log line', () => {
    const logs = [delivery('1', 'duplicate', { receiveCount: 2, appliedWith: '1' })];
    expect(count(logs)).toMatchObject({ delivered: 1, applied: 1, duplicates: 0, failed: 1 });
  });

  it('does not count a message as delivered if it only failed', () => {
    expect(count([delivery('1', 'failed'), delivery('1', 'failed', { receiveCount: 2 })])).toMatchObject({
      delivered: 0,
      failed: 2,
    });
  });
});
