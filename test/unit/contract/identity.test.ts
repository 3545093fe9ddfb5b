import fc from 'fast-check';
import { idempotencyKey } from '../../../contract/event/identity.ts';

describe('idempotencyKey', () => {
  it('never gives two events the same key, whatever their source and id contain', () => {
    const part = fc.string({
      unit: fc.constantFrom('#', '%', '2', '3', '5', 'a'),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(part, part, part, part, (source, id, otherSource, otherId) => {
        fc.pre(source !== otherSource || id !== otherId);
        expect(idempotencyKey('c', { source, id })).not.toBe(
          idempotencyKey('c', { source: otherSource, id: otherId }),
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('returns a readable key', () => {
    expect(idempotencyKey('fulfilment', { source: 'urn:shop#1', id: '4711' })).toBe(
      'fulfilment#urn:shop%231#4711',
    );
  });

  it.each([
    'source',
    'id',
  ])('refuses an event without "%s", because all such events would share one key', (field) => {
    const event = { source: 'urn:shop', id: '4711' };
    for (const missing of ['', undefined, null, 7]) {
      expect(() => idempotencyKey('c', { ...event, [field]: missing })).toThrow(`${field}: must be a text`);
    }
  });

  it('refuses a key that is too long for DynamoDB', () => {
    expect(() => idempotencyKey('c', { source: 's', id: 'é'.repeat(1100) })).toThrow('at most 2048');
  });
});
