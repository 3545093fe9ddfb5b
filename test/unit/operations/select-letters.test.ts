import type { Letter } from '../../../operations/letters/list-letters.ts';
import {
  type Predecessors,
  type Selection,
  selectLetters,
} from '../../../operations/letters/select-letters.ts';

function letter(id: string, messageGroup: string, given: Partial<Letter> = {}): Letter {
  return {
    letter: id,
    record: `billing#/shop#${id}`,
    code: 'PERMANENT',
    messageGroup,
    since: 0,
    eventId: id,
    ...given,
  };
}

/** Two groups, the oldest letter first. */
const all = [
  letter('a1', 'a'),
  letter('b1', 'b', { code: 'CONFLICT' }),
  letter('a2', 'a', { subject: '4711' }),
  letter('a3', 'a'),
  letter('b2', 'b'),
];

async function select(selection: Selection, predecessors: Predecessors = 'refuse') {
  const { letters, inTheWay } = await selectLetters(listed(), selection, predecessors);
  return {
    letters: letters.map(({ letter: id, act }) => `${act} ${id}`),
    inTheWay: inTheWay.map(({ letter: id }) => id),
  };
}

async function* listed() {
  yield* all;
}

test('without a choice, every letter is chosen', async () => {
  expect(await select({})).toEqual({
    letters: ['send a1', 'send b1', 'send a2', 'send a3', 'send b2'],
    inTheWay: [],
  });
});

test('a letter at the front of its group is chosen alone', async () => {
  expect(await select({ event: 'a1' })).toEqual({ letters: ['send a1'], inTheWay: [] });
});

test('each part of a selection narrows it', async () => {
  expect(await select({ group: 'b', code: 'CONFLICT' })).toEqual({ letters: ['send b1'], inTheWay: [] });
  expect(await select({ group: 'a', code: 'CONFLICT' })).toEqual({ letters: [], inTheWay: [] });
  expect((await select({ record: 'billing#/shop#a1' })).letters).toEqual(['send a1']);
});

test('letters before a chosen one of the same group are named, and those of other groups and behind it are not', async () => {
  expect((await select({ subject: '4711' })).inTheWay).toEqual(['a1']);
  expect((await select({ event: 'a3' })).inTheWay).toEqual(['a1', 'a2']);
});

test('with its predecessors, a letter is sent behind them', async () => {
  expect(await select({ event: 'a3' }, 'with')).toEqual({
    letters: ['send a1', 'send a2', 'send a3'],
    inTheWay: [],
  });
});

test('predecessors are deferred in their order, before the letter is sent', async () => {
  expect(await select({ event: 'a3' }, 'defer')).toEqual({
    letters: ['defer a1', 'defer a2', 'send a3'],
    inTheWay: [],
  });
});

test('a letter between two chosen ones stands in the way of the second alone', async () => {
  expect(await select({ code: 'PERMANENT', group: 'b' }, 'defer')).toEqual({
    letters: ['defer b1', 'send b2'],
    inTheWay: [],
  });
});
