import assert from 'node:assert/strict';
import type { StoredRecord } from '../../../runtime/ports/record-store.ts';
import { Scene } from '../scene.ts';
import type { Case } from '../subject.ts';
import { expiring } from './openings.ts';

const unknown: Partial<StoredRecord> = {
  status: 'OUTCOME_UNKNOWN',
  ownerToken: 'unknown',
  expiration: undefined,
  body: '{"event":1}',
};

/** An operator sends the event of an unknown outcome again. The message contains the owner token of its record. */
export const carriedCases: readonly Case[] = [
  {
    name: 'a claim with a resend token replaces its unknown outcome and starts a new first attempt, whatever the first attempt and guarantee were',
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
      ['with the resend token of another unknown outcome', 'other', {}],
      ['with a resend token and another fingerprint', 'unknown', { fingerprint: 'other' }],
      ['without a resend token', undefined, {}],
    ] as const
  ).map(
    ([title, resendToken, mine]): Case => ({
      name: `a claim ${title} is refused by an unknown outcome`,
      async run(subject) {
        const scene = new Scene(subject);
        await scene.given(unknown);
        const terms = scene.terms({ resendToken });
        const answer = await scene.unchangedBy(() => scene.store.claim(scene.delivery(mine), terms));
        assert.equal(answer.kind, 'exists');
        assert.equal(answer.record?.status, 'OUTCOME_UNKNOWN');
      },
    }),
  ),
  ...expiring.map(
    ({ title, record, mine, takeOver }): Case => ({
      name: `a claim with a resend token ${takeOver ? 'replaces' : 'is refused by'} ${title}, like any other claim`,
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
