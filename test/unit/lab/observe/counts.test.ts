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

  it('counts what was applied in part as applied and as stale, however much of it was', () => {
    const logs = [delivery('1', 'applied', { stale: 2 }), delivery('2', 'applied')];
    expect(count(logs)).toMatchObject({ delivered: 2, applied: 2, stale: 1 });
  });

  it('counts a message once, however often it came', () => {
    const logs = [
      delivery('1', 'failed'),
      delivery('1', 'applied', { receiveCount: 2 }),
      delivery('1', 'duplicate', { receiveCount: 3, appliedWith: '1' }),
    ];
    expect(count(logs)).toMatchObject({ delivered: 1, applied: 1, duplicates: 0, failed: 2 });
  });

  it('counts a message that says twice that it was applied twice: no sound consumer does', () => {
    expect(count([delivery('1', 'applied'), delivery('1', 'applied', { receiveCount: 2 })])).toMatchObject({
      delivered: 1,
      applied: 2,
    });
  });

  it('counts what is quarantined by message, and adds up to what was delivered', () => {
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

  it('counts deliveries that were not the first of their message, and those that ran as suspects', () => {
    const logs = [
      delivery('1', 'failed'),
      delivery('1', 'failed', { receiveCount: 2 }),
      delivery('1', 'applied', { receiveCount: 3, suspect: true }),
      // Waited twice behind the other.
      delivery('2', 'applied', { receiveCount: 3, suspect: true }),
    ];
    expect(count(logs)).toMatchObject({ delivered: 2, failed: 4, retried: 3, suspects: 2 });
  });

  it('goes by the first verdict on a message', () => {
    const logs = [delivery('1', 'poison'), delivery('1', 'conflict', { receiveCount: 2 })];
    expect(count(logs)).toMatchObject({ delivered: 1, poison: 1, conflicts: 0 });
  });

  it('takes a message for applied whose slow owner completed what was held as unknown', () => {
    const logs = [delivery('1', 'unknown', { receiveCount: 2 }), delivery('1', 'applied')];
    expect(count(logs)).toMatchObject({ delivered: 1, applied: 1, unknown: 0 });
  });

  it('takes a message that was applied by itself for applied: its function died before it could say so', () => {
    const logs = [delivery('1', 'duplicate', { receiveCount: 2, appliedWith: '1' })];
    expect(count(logs)).toMatchObject({ delivered: 1, applied: 1, duplicates: 0, failed: 1 });
  });

  it('delivers nothing where a message only failed', () => {
    expect(count([delivery('1', 'failed'), delivery('1', 'failed', { receiveCount: 2 })])).toMatchObject({
      delivered: 0,
      failed: 2,
    });
  });
});
