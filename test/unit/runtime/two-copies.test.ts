import * as first from '../../../runtime/index.ts';

/** A copy of the package with classes of its own, as an app has one that loads it as CommonJS and as ES module. */
let second: typeof first;
jest.isolateModules(() => {
  second = jest.requireActual('../../../runtime/index.ts');
});

test('instanceof recognises an error of the other copy of its class, and of no other class', () => {
  expect(second.PermanentError).not.toBe(first.PermanentError);
  const errors = [
    ['PermanentError', new first.PermanentError('no')],
    ['NotExecutedError', new first.NotExecutedError('not now')],
    ['UnclearError', new first.UnclearError('who knows')],
    ['StoreBusyError', new first.StoreBusyError(new Error())],
    ['InvalidEffectsError', new first.InvalidEffectsError('none')],
    ['EffectsRefusedError', new first.EffectsRefusedError('refused')],
  ] as const;
  for (const [name, error] of errors) {
    const known = errors.map(([other]) => other).filter((other) => error instanceof second[other]);
    expect(known).toEqual([name]);
  }
});

test("a user's own class of error has the code of its base class, is one of it in both copies, and of no sibling", () => {
  class DeclinedError extends first.PermanentError {}
  class OtherError extends first.PermanentError {}
  expect(new DeclinedError('no')).toMatchObject({ name: 'DeclinedError', code: 'PERMANENT', message: 'no' });
  expect(new DeclinedError('no')).toBeInstanceOf(second.PermanentError);
  expect(new DeclinedError('no')).not.toBeInstanceOf(OtherError);
  expect(Object.assign(new Error('no'), { code: 'PERMANENT' })).not.toBeInstanceOf(first.PermanentError);
});

test('an effect of one copy of the package is valid in the other copy', () => {
  const effect = first.put({ tableName: 'seats', key: ['seat'] }, { seat: 'A1' });
  expect(Object.getOwnPropertySymbols(effect)).toEqual([Symbol.for('order-once/effect')]);
  const store = second.memoryStore({ seats: 'seat' });
  expect(store.tables.apply([effect])).toEqual({ kind: 'applied' });
});
