import { evaluateMath, type Series } from '../../support/cloudwatch/metric-math.ts';

const m1: Series = [1, undefined, 3];
const m2: Series = [4, 2, undefined];
const empty: Series = [undefined, undefined, undefined];

function evaluate(expression: string, fillsEmpty = true): Series {
  return evaluateMath(expression, { m1, m2, empty }, 3, { fillsEmpty });
}

test.each<[string, Series]>([
  ['m1 + m2 * 2', [9, undefined, undefined]],
  ['(m1 + m2) * 2', [10, undefined, undefined]],
  ['10 - 2 - 3', [5, 5, 5]],
  ['-m1', [-1, undefined, -3]],
  ['FILL(m1, 0)', [1, 0, 3]],
  ['MAX([m1, m2])', [4, 2, 3]],
  ['MAX([FILL(m1, 0), FILL(m2, 9)])', [4, 2, 9]],
  ['SUM([m1, m2, empty])', [5, 2, 3]],
  ['AVG([m1, m2])', [2.5, 2, 3]],
  ['m1 > 1', [0, undefined, 1]],
  ['IF(FILL(m1, 0) > 0 AND FILL(m2, 0) == 0, 1, 0)', [0, 0, 1]],
  ['IF(m1 >= 3 OR m1 != 3, m2, 7)', [4, undefined, undefined]],
  ['1.5e-3 * 2', [0.003, 0.003, 0.003]],
])('%s has the values of CloudWatch', (expression, values) => {
  expect(evaluate(expression)).toEqual(values);
});

test('a metric without any data stays empty, or is filled, as the options say', () => {
  expect(evaluate('FILL(empty, 0)', true)).toEqual([0, 0, 0]);
  expect(evaluate('FILL(empty, 0)', false)).toEqual(empty);
  expect(evaluate('FILL(m1, 0)', false)).toEqual([1, 0, 3]);
});

test.each([
  'm3',
  'm1 ^ 2',
  'MAX(m1)',
  'FILL(m1)',
  '[m1, m2]',
  '(m1',
  'm1 m2',
  'RATE(m1)',
  'IF(m1, 1)',
])('fails for what the templates do not use: %s', (expression) => {
  expect(() => evaluate(expression)).toThrow();
});
