import assert from 'node:assert/strict';
import { sha256 } from '../../../contract/event/identity.ts';
import { decodeResult, encodeResult } from '../../../runtime/stores/result.ts';
import { Scene } from '../scene.ts';
import type { Case } from '../subject.ts';

const circular: Record<string, unknown> = {};
circular.self = circular;

const results: readonly (readonly [string, unknown, ReturnType<typeof decodeResult>])[] = [
  ['undefined', undefined, { result: null }],
  ['an object with undefined members', { a: undefined, b: [undefined] }, { result: { b: [null] } }],
  ['NaN', { a: Number.NaN }, { result: { a: null } }],
  ['a Date', { at: new Date(0) }, { result: { at: '1970-01-01T00:00:00.000Z' } }],
  ['an invalid Date', new Date(Number.NaN), { result: null }],
  ['a BigInt', { id: 2n ** 70n }, { result: { id: '1180591620717411303424' } }],
  ['an empty text', '', { result: '' }],
  ['text of every kind', 'ü\u0000\ud83d\ude00 "\\', { result: 'ü\u0000\ud83d\ude00 "\\' }],
  ['a lone surrogate', '\ud800', { result: '\ud800' }],
  [
    '400 KB',
    'x'.repeat(400 * 1024),
    {
      omitted: {
        reason: 'too-large',
        bytes: 400 * 1024 + 2,
        sha256: sha256(`"${'x'.repeat(400 * 1024)}"`),
      },
    },
  ],
];

export const resultCases: readonly Case[] = [
  ...results.map(
    ([title, result, expected]): Case => ({
      name:
        'omitted' in expected
          ? `a result of ${title} is left out, and duplicates get its size and its SHA-256`
          : `a result of ${title} is stored, and duplicates get it`,
      async run(subject) {
        const scene = new Scene(subject);
        const mine = await scene.owner();
        assert.deepEqual(await scene.store.complete(mine, encodeResult(result)), { kind: 'written' });
        const answer = await scene.store.claim(scene.delivery(), scene.terms());
        assert.equal(answer.kind, 'exists');
        assert.deepEqual(decodeResult(answer.record?.result ?? 'nothing'), expected);
      },
    }),
  ),
  {
    name: 'a result of 380 KB is stored unchanged',
    async run(subject) {
      const scene = new Scene(subject);
      const result = 'x'.repeat(380 * 1024 - 2);
      const mine = await scene.owner();
      assert.deepEqual(await scene.store.complete(mine, encodeResult(result)), { kind: 'written' });
      const { result: stored = '' } = (await scene.find()) ?? {};
      assert.deepEqual(decodeResult(stored), { result });
    },
  },
  ...[
    circular,
    {
      toJSON: () => {
        throw new Error('no');
      },
    },
  ].map(
    (result, index): Case => ({
      name: `a result that ${index === 0 ? 'contains itself' : 'throws in toJSON'} is left out, and its event is completed`,
      async run(subject) {
        const scene = new Scene(subject);
        const mine = await scene.owner();
        assert.deepEqual(await scene.store.complete(mine, encodeResult(result)), { kind: 'written' });
        const { result: stored = '' } = (await scene.find()) ?? {};
        const decoded = decodeResult(stored);
        assert.ok('omitted' in decoded && decoded.omitted.reason === 'not-json');
      },
    }),
  ),
];
