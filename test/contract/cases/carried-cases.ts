import assert from 'node:assert/strict';
import type { StoredRecord } from '../../../runtime/ports/record-store.ts';
import { Scene } from '../scene.ts';
import type { Case } from '../subject.ts';
import { openings } from './openings.ts';

const unknown: Partial<StoredRecord> = {
  status: 'OUTCOME_UNKNOWN',
  ownerToken: 'unknown',
  expiration: undefined,
  body: '{"event":1}',
};

/** What `resolve --as retry` leads to: a message that carries the attempt of the unknown record. */
export const carriedCases: readonly Case[] = [
  {
    name: 'a resend token claims its unknown outcome with a new first attempt, whatever its first attempt and guarantee',
    async run(subject) {
      const scene = new Scene(subject);
      await scene.given({ ...unknown, guarantee: 'at-most-once' });
      const mine = scene.delivery({ insideWindow: false });
      const terms = scene.terms({
        resendToken: 'unknown',
        takeOver: false,
        firstAttemptAfter: mine.now - 1,
      });
      const claim = await scene.store.claim(mine, terms);
      assert.ok(claim.kind === 'claimed' && claim.past.attempts === 3, 'its tries are told');
      scene.isOfStep(claim.past.firstAttemptAt, mine);
      const { ownerToken: attempt, guarantee } = mine;
      await scene.shows({
        status: 'INPROGRESS',
        ownerToken: attempt,
        guarantee,
        attempts: 3,
        body: undefined,
      });
      const record = await scene.find();
      scene.isOfStep(record?.firstAttemptAt, mine);
      assert.ok(record?.expiration !== undefined, 'what is claimed expires again');
    },
  },
  ...(
    [
      ['of another unknown outcome', 'other', {}],
      ['with another fingerprint', 'unknown', { fingerprint: 'other' }],
      ['that is not there', undefined, {}],
    ] as const
  ).map(
    ([title, resendToken, mine]): Case => ({
      name: `a carried attempt ${title}: refused`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given(unknown);
        const terms = scene.terms({ resendToken: resendToken });
        const answer = await scene.unchangedBy(() => scene.store.claim(scene.delivery(mine), terms));
        assert.equal(answer.kind, 'exists');
        assert.equal(answer.record?.status, 'OUTCOME_UNKNOWN');
      },
    }),
  ),
  ...openings
    .filter(({ title }) => title !== 'OUTCOME_UNKNOWN')
    .map(
      ({ title, record, mine, takeOver }): Case => ({
        name: `a carried attempt over ${title}: as any other delivery`,
        async run(subject) {
          const scene = new Scene(subject);
          const { firstAttemptAt } = await scene.given({ ...record(subject), ownerToken: 'unknown' });
          const terms = scene.terms({ resendToken: 'unknown' });
          const answer = await scene.store.claim(scene.delivery(mine), terms);
          assert.equal(answer.kind, takeOver ? 'claimed' : 'exists');
          await scene.shows({ firstAttemptAt });
        },
      }),
    ),
];
