import assert from 'node:assert/strict';
import { knownFormat } from '../../../contract/record/record-attributes.ts';
import type { Delivery, EffectStore, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { expired, givenUp, lease, Scene } from '../scene.ts';
import type { Case, StoreUnderTest } from '../subject.ts';

interface Write {
  readonly name: string;
  /** A record that accepts the step. */
  readonly record: (subject: StoreUnderTest) => Partial<StoredRecord>;
  readonly run: (scene: Scene, mine: Delivery, seen: StoredRecord) => Promise<{ readonly kind: string }>;
  readonly needs?: (subject: StoreUnderTest) => boolean;
}

const withEffects = ({ effects }: StoreUnderTest) => effects !== undefined;
const withExpired = ({ keepsExpired }: StoreUnderTest) => keepsExpired;

function storeOf(scene: Scene): EffectStore {
  assert.ok(scene.subject.effects);
  return scene.subject.effects.store;
}

const own: Partial<StoredRecord> = { ownerToken: 'mine' };
const unknown: Partial<StoredRecord> = {
  ...own,
  status: 'OUTCOME_UNKNOWN',
  expiration: undefined,
  body: '{}',
};
const unfinished = { ownerToken: 'mine', status: 'RETRYING' } as const;

const writes: readonly Write[] = [
  {
    name: 'claim',
    record: () => ({ status: 'RETRYING' }),
    run: (scene, mine) => scene.store.claim(mine, scene.terms()),
  },
  {
    name: 'claim that takes over',
    record: (subject) => lease(subject, 'over'),
    run: (scene, mine) => scene.store.claim(mine, scene.terms({ takeOver: true })),
  },
  {
    name: 'claim of an unknown outcome that was sent again',
    record: () => unknown,
    run: (scene, mine) => scene.store.claim(mine, scene.terms({ resendToken: 'mine' })),
  },
  {
    name: 'claim that replaces an expired record',
    record: (subject) => ({ status: 'COMPLETED', ...expired(subject) }),
    run: (scene, mine, { expiration }) =>
      scene.store.claim(mine, scene.terms({ expectedExpiration: expiration })),
    needs: withExpired,
  },
  {
    name: 'complete',
    record: (subject) => ({ ...own, ...lease(subject, 'live') }),
    run: (scene, mine) => scene.store.complete(mine, '1'),
  },
  {
    name: 'release',
    record: (subject) => ({ ...own, ...lease(subject, 'live') }),
    run: (scene, mine) => scene.store.release(mine, 'why', { change: 0 }),
  },
  {
    name: 'release of a counted attempt',
    record: () => ({ ...unfinished, attemptState: 'STARTED' }),
    run: (scene, mine) => scene.store.release(mine, 'why', { change: -1, wasCounted: true }),
  },
  {
    name: 'holdUnknown by the owner',
    record: () => unfinished,
    run: (scene, mine) => scene.store.holdUnknown(mine, unfinished, { body: '{}' }, 'why'),
  },
  {
    name: 'holdUnknown by another delivery',
    record: () => ({ ...unfinished, ownerToken: 'dead' }),
    run: (scene, mine) =>
      scene.store.holdUnknown(mine, { ...unfinished, ownerToken: 'dead' }, { body: '{}' }, 'why'),
  },
  {
    name: 'quarantine',
    record: () => ({ status: 'RETRYING' }),
    run: (scene, mine) => scene.store.quarantine(mine, givenUp),
  },
  {
    name: 'resolveDone',
    record: () => unknown,
    run: (scene, { now, expiration }) => scene.store.resolveDone(scene.id, 'mine', { now, expiration }),
  },
  {
    name: 'block',
    record: () => ({ status: 'RETRYING' }),
    run: (scene) => scene.store.block(scene.id, 'message-1'),
  },
  {
    name: 'skip',
    record: () => ({ status: 'RETRYING', blocked: 'message-1' }),
    run: (scene) => scene.store.skip(scene.id, 'message-1'),
  },
  {
    name: 'countAttempt',
    record: () => ({ status: 'RETRYING' }),
    run: (scene, mine) => storeOf(scene).countAttempt(mine, { state: 'STARTED' }),
    needs: withEffects,
  },
  {
    name: 'commit',
    record: () => ({ status: 'RETRYING' }),
    run: (scene, mine) => storeOf(scene).commit([{ delivery: mine }], []),
    needs: withEffects,
  },
  {
    name: 'commit that replaces an expired record',
    record: (subject) => ({ status: 'COMPLETED', ...expired(subject) }),
    run: (scene, mine, { expiration }) =>
      storeOf(scene).commit([{ delivery: mine, expectedExpiration: expiration }], []),
    needs: (subject) => withEffects(subject) && withExpired(subject),
  },
];

export const formatCases: readonly Case[] = writes.flatMap(({ name, record, run, needs }) =>
  [knownFormat, knownFormat + 1].map((format): Case => {
    const isKnown = format === knownFormat;
    return {
      name: isKnown
        ? `${name} is accepted by a record of the known format`
        : `${name} is refused by a record of a later format, and the answer has the format`,
      ...(needs && { needs }),
      async run(subject) {
        const scene = new Scene(subject);
        const seen = await scene.given({ ...record(subject), format });
        const mine = scene.delivery({ ownerToken: 'mine' });
        if (isKnown) {
          assert.doesNotMatch((await run(scene, mine, seen)).kind, /^(exists|fenced|contended)$/);
          return;
        }
        const answer = await scene.unchangedBy(() => run(scene, mine, seen));
        assert.match(answer.kind, /^(exists|fenced)$/);
        const { record: shown, found } = answer as {
          readonly record?: StoredRecord;
          readonly found?: readonly { readonly record?: StoredRecord }[];
        };
        assert.equal((shown ?? found?.[0]?.record)?.format, format);
      },
    };
  }),
);
