import fc from 'fast-check';
import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import { extraEntry } from '../../../../lab/workload/extra-entry.ts';
import { planExtras, planLate } from '../../../../lab/workload/plan.ts';
import { poison } from '../../../../lab/workload/poison.ts';
import { anOrder } from '../../../support/orders.ts';

const lines = Array.from({ length: 1000 }, (_, index) => index + 1);
const options = { seed: 1, duplicates: 0.3, lateDuplicates: 0.3, poison: 50, conflicts: 20 };

describe('planExtras', () => {
  it('plans the requested shares, and exactly the requested counts', () => {
    const { counts } = planExtras(lines, options);
    expect(counts).toMatchObject({ poison: 50, conflict: 20 });
    expect(counts.duplicate).toBeGreaterThan(250);
    expect(counts.duplicate).toBeLessThan(350);
    expect(counts['late duplicate']).toBeGreaterThan(250);
  });

  it('sends at least half of the late duplicates after their original was applied', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, lateDuplicates) => {
        const { extras } = planExtras(lines.slice(0, 50), { ...options, seed, lateDuplicates });
        const late = [...extras.values()].flat().filter(({ kind }) => kind === 'late duplicate');
        expect(late.filter(({ afterCommit }) => afterCommit).length).toBeGreaterThanOrEqual(late.length / 2);
      }),
    );
  });

  it('makes the same plan for the same seed, and another plan for another seed', () => {
    expect(planExtras(lines, options)).toEqual(planExtras(lines, options));
    expect(planExtras(lines, options)).not.toEqual(planExtras(lines, { ...options, seed: 2 }));
  });

  it('plans the requested poison without the kinds that depend on digits, where bodies are rewritten', () => {
    const codesOf = (exactBodies: boolean) => {
      const { extras, counts } = planExtras(lines, { ...options, exactBodies });
      expect(counts.poison).toBe(50);
      const poisons = [...extras.values()].flat().filter(({ kind }) => kind === 'poison');
      // The n is part of the deduplication id: one n twice would be one message.
      expect(new Set(poisons.map(({ n }) => n)).size).toBe(50);
      return poisons.map(({ n }) => poison(n).code);
    };
    expect(codesOf(true)).toContain('INEXACT_NUMBER');
    expect(codesOf(false)).not.toContain('INEXACT_NUMBER');
  });

  it('plans no extras without events', () => {
    expect(planExtras([], options).counts).toEqual({
      duplicate: 0,
      'late duplicate': 0,
      poison: 0,
      conflict: 0,
    });
  });
});

describe('planLate', () => {
  it('selects the requested share of events, the same ones for the same seed', () => {
    const late = planLate(lines, { seed: 1, shuffle: 0.2 });
    expect(late.size).toBeGreaterThan(150);
    expect(late.size).toBeLessThan(250);
    expect(planLate(lines, { seed: 1, shuffle: 0.2 })).toEqual(late);
    expect(planLate(lines, { seed: 2, shuffle: 0.2 })).not.toEqual(late);
    expect(planLate(lines, { seed: 1, shuffle: 0 }).size).toBe(0);
    expect(planLate(lines, { seed: 1, shuffle: 1 }).size).toBe(lines.length);
  });
});

describe('extraEntry', () => {
  const event = anOrder();

  it('leaves the deduplication id of a duplicate to the broker, and gives all others a new one', () => {
    const id = (kind: 'duplicate' | 'late duplicate' | 'poison' | 'conflict') =>
      extraEntry({ kind, n: 3, afterCommit: false }, event, 1).deduplicationId;
    expect(id('duplicate')).toBeUndefined();
    expect(new Set([id('late duplicate'), id('poison'), id('conflict')]).size).toBe(3);
  });

  it('makes poison that the parser refuses, each kind in its own way', () => {
    const reasons = [0, 1, 2, 3, 4, 5, 6].map((n) => {
      const { body } = extraEntry({ kind: 'poison', n, afterCommit: false }, event, 1);
      try {
        parseOrderEvent({ body });
        return 'accepted';
      } catch (error) {
        const { code, field = '-' } = error as { code: string; field?: string };
        return `${code} ${field}`;
      }
    });
    expect(reasons).toEqual([
      'INVALID_JSON -',
      'INVALID_EVENT -',
      'INVALID_EVENT id',
      'INVALID_EVENT source',
      'INVALID_EVENT type',
      'INEXACT_NUMBER data.total',
      'SNS_ENVELOPE Message',
    ]);
  });

  it('makes conflicts that are valid events with other content', () => {
    const { body } = extraEntry({ kind: 'conflict', n: 0, afterCommit: false }, event, 1);
    expect(parseOrderEvent({ body })).toMatchObject({ id: event.id, data: { currency: 'XTS' } });
  });
});
