import { pairwise } from './pairwise.ts';

test('few combinations contain every pair of values', () => {
  const choices = { a: [1, 2, 3], b: ['x', 'y'], c: [true, false], d: [null, undefined, 0, ''] } as const;
  const found = pairwise(choices);
  expect(found.length).toBeLessThan(3 * 2 * 2 * 4 * 0.5);
  const names = ['a', 'b', 'c', 'd'] as const;
  for (const one of names) {
    for (const other of names.filter((name) => name !== one)) {
      for (const x of choices[one]) {
        for (const y of choices[other]) {
          expect(found).toContainEqual(expect.objectContaining({ [one]: x, [other]: y }));
        }
      }
    }
  }
});
