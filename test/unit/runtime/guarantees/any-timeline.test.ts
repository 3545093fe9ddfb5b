import fc from 'fast-check';
import {
  atLeastOnce,
  atMostOnce,
  exactlyOnce,
  NotExecutedError,
  PermanentError,
} from '../../../../runtime/index.ts';
import type { Fault, Step } from '../../../support/faulty-store.ts';
import { settled, Timeline } from '../../../support/timeline.ts';

const faults = fc.constantFrom<Fault>('down', 'lost', 'dies before', 'dies after', 'contended', 'undecided');
const steps = fc.constantFrom<Step>('claim', 'complete', 'release', 'holdUnknown', 'commit');
const handlers = ['charge', 'diesBefore', 'diesAfter', 'losesAnswer', 'notDone', 'permanent'] as const;

/** Deliveries of one event: what befalls the store, how the handler ends, and how much time passes after it. */
const histories = fc.array(
  fc.record({
    handler: fc.constantFrom(...handlers),
    befalls: fc.array(fc.tuple(steps, faults), { maxLength: 3 }),
    passes: fc.constantFrom(0, 1000, 20_000, 40_000),
    skew: fc.constantFrom(-3_600_000, -5000, 0, 5000, 3_600_000),
    redriven: fc.boolean(),
  }),
  { maxLength: 6 },
);
type History = typeof histories extends fc.Arbitrary<infer H> ? H : never;

/** Plays a history, then lets the message come until it is acknowledged, and redrives it where it was quarantined. */
async function play(
  history: History,
  deliver: (t: Timeline, step?: Partial<History[number]>) => Promise<unknown>,
) {
  const t = new Timeline();
  for (const step of history) {
    for (const [call, fault] of step.befalls) t.store.befall(call, fault);
    void deliver(t, step);
    await settled();
    t.clock.time += step.passes;
  }
  t.store.recover();
  // An owner whose clock was ahead by an hour took a lease that ends as much later.
  t.clock.time += 3_600_000 + 36_000;
  await deliver(t);
  if (t.record?.status === 'QUARANTINED') await deliver(t, { redriven: true });
  return t;
}

function handlerOf(t: Timeline, { handler = 'charge' }: Partial<History[number]>) {
  if (handler === 'notDone') return () => Promise.reject(new NotExecutedError('refused'));
  if (handler === 'permanent') return () => Promise.reject(new PermanentError('refused for good'));
  return t.provider[handler];
}

function options(step: Partial<History[number]> | undefined, index: number) {
  return { skew: step?.skew ?? 0, messageId: step?.redriven ? `redriven-${index}` : 'm1' };
}

const runs = { numRuns: 300, seed: 1 };

describe('in every random timeline', () => {
  it('an at-most-once effect happens at most once, and the record is right about it', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let n = 0;
        const t = await play(history, (t, step) =>
          t.external(atMostOnce(), step && handlerOf(t, step), options(step, n++)),
        );
        expect(t.provider.charges.length).toBeLessThanOrEqual(1);
        expect(['COMPLETED', 'OUTCOME_UNKNOWN']).toContain(t.record?.status);
        if (t.record?.status === 'COMPLETED') expect(t.provider.charges).toHaveLength(1);
        else expect(t.record?.body).toBeDefined();
      }),
      runs,
    );
  });

  it('an at-least-once effect happens with one key', async () => {
    const guarantee = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let n = 0;
        const t = await play(history, (t, step) =>
          t.external(guarantee, step && handlerOf(t, step), options(step, n++)),
        );
        expect(t.record?.status).toBe('COMPLETED');
        expect(new Set(t.provider.charges).size).toBe(1);
      }),
      runs,
    );
  });

  it('an exactly-once effect happens once', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let n = 0;
        const t = await play(history, (t, step) => t.effects(exactlyOnce(), options(step, n++)));
        expect(t.record?.status).toBe('COMPLETED');
        expect(t.committed).toBe(1);
      }),
      runs,
    );
  });

  it('a change of the guarantee never makes an at-most-once effect happen twice', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.boolean()), async (history, changes) => {
        let n = 0;
        let underAtMostOnce = 0;
        const retried = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY });
        const t = await play(history, async (t, step) => {
          const atMost = changes[n] ?? true;
          const before = t.provider.charges.length;
          const handle = step === undefined ? t.provider.charge : handlerOf(t, step);
          await t.external(
            atMost ? atMostOnce() : retried,
            async (event, context) => {
              // Under at-most-once nothing may have happened before.
              if (atMost) underAtMostOnce = Math.max(underAtMostOnce, before);
              return await handle(event, context);
            },
            options(step, n++),
          );
        });
        expect(underAtMostOnce).toBe(0);
        expect(['COMPLETED', 'OUTCOME_UNKNOWN']).toContain(t.record?.status);
      }),
      runs,
    );
  });
});
