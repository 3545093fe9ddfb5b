/** One value per period. A period without data is `undefined`. */
export type Series = readonly (number | undefined)[];

/** A number applies to every period. */
type Value = number | Series | readonly Series[];

/** The values of an expression's ids. */
export type Variables = Readonly<Record<string, Series>>;

export interface MathOptions {
  /**
   * Whether FILL fills a metric without any data in the evaluated time. CloudWatch's guide does not say, so alarms have to
   * be right in both cases.
   */
  readonly fillsEmpty: boolean;
}

/**
 * Evaluates the part of CloudWatch's metric math that the templates use (CloudWatch User Guide, "Using math expressions
 * with CloudWatch metrics"): arithmetic, comparisons, AND, OR, lists, IF, FILL, and MAX, MIN, SUM and AVG of a list.
 *
 * @param periods Number of periods.
 * @throws Error for anything else.
 */
export function evaluateMath(
  expression: string,
  variables: Variables,
  periods: number,
  options: MathOptions,
): Series {
  const value = new Evaluation(expression, variables, periods, options).run();
  if (typeof value === 'number') return Array.from({ length: periods }, () => value);
  if (isList(value)) throw new Error(`"${expression}" is a list, not one series`);
  return value;
}

const token = /\s*(\d+(?:\.\d+)?(?:e-?\d+)?|[A-Za-z]\w*|==|!=|<=|>=|&&|\|\||[-+*/<>()[\],])/gy;

/** Operators by how strongly they bind, the weakest first. */
const levels: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { OR: either, '||': either },
  { AND: both, '&&': both },
  {
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
];

function either(a: number, b: number): number {
  return Number(a !== 0 || b !== 0);
}

function both(a: number, b: number): number {
  return Number(a !== 0 && b !== 0);
}

const overLists: Readonly<Record<string, (values: readonly number[]) => number>> = {
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

class Evaluation {
  readonly #tokens: string[];
  readonly #variables: Variables;
  readonly #periods: number;
  readonly #options: MathOptions;

  constructor(expression: string, variables: Variables, periods: number, options: MathOptions) {
    this.#tokens = [...expression.trimEnd().matchAll(token)].map(([, text = '']) => text);
    if (this.#tokens.join('') !== expression.replaceAll(/\s/g, '')) {
      throw new Error(`Cannot read "${expression}"`);
    }
    this.#variables = variables;
    this.#periods = periods;
    this.#options = options;
  }

  run(): Value {
    const value = this.#level(0);
    if (this.#tokens.length > 0) throw new Error(`Unexpected "${this.#tokens.join(' ')}"`);
    return value;
  }

  #level(index: number): Value {
    const operators = levels[index];
    if (operators === undefined) return this.#term();
    let value = this.#level(index + 1);
    for (;;) {
      const operator = operators[this.#tokens[0] ?? ''];
      if (operator === undefined) return value;
      this.#tokens.shift();
      value = this.#combine([value, this.#level(index + 1)], ([a, b]) =>
        a === undefined || b === undefined ? undefined : operator(a, b),
      );
    }
  }

  #term(): Value {
    const next = this.#tokens.shift() ?? 'the end';
    if (/^\d/.test(next)) return Number(next);
    if (next === '-') return this.#combine([this.#term()], ([a]) => a && -a);
    if (next === '(') {
      const value = this.#level(0);
      this.#expect(')');
      return value;
    }
    if (next === '[') return this.#arguments(']').map((value) => this.#series(value));
    if (this.#tokens[0] === '(') {
      this.#tokens.shift();
      return this.#call(next, this.#arguments(')'));
    }
    const series = this.#variables[next];
    if (series === undefined) throw new Error(`"${next}" has no value`);
    return series;
  }

  #call(name: string, values: Value[]): Value {
    const [first = 0, second = 0, third] = values;
    const overList = overLists[name];
    if (overList !== undefined && isList(first) && values.length === 1) {
      return this.#combine(first, (row) => {
        const there = row.filter((value) => value !== undefined);
        return there.length === 0 ? undefined : overList(there);
      });
    }
    if (name === 'FILL' && values.length === 2) {
      const isEmpty = this.#series(first).every((value) => value === undefined);
      if (isEmpty && !this.#options.fillsEmpty) return first;
      return this.#combine([first, second], ([value, filling]) => value ?? filling);
    }
    if (name === 'IF' && third !== undefined) {
      return this.#combine([first, second, third], ([condition, yes, no]) => {
        if (condition === undefined) return undefined;
        return condition === 0 ? no : yes;
      });
    }
    throw new Error(`${name} with ${values.length} arguments is not known`);
  }

  #arguments(end: string): Value[] {
    const values = [this.#level(0)];
    while (this.#tokens[0] === ',') {
      this.#tokens.shift();
      values.push(this.#level(0));
    }
    this.#expect(end);
    return values;
  }

  #combine(
    values: readonly Value[],
    combine: (row: readonly (number | undefined)[]) => number | undefined,
  ): Value {
    if (values.every((value) => typeof value === 'number')) return combine(values) ?? Number.NaN;
    const all = values.map((value) => this.#series(value));
    return Array.from({ length: this.#periods }, (_, index) => combine(all.map((series) => series[index])));
  }

  #series(value: Value): Series {
    if (typeof value === 'number') return Array.from({ length: this.#periods }, () => value);
    if (isList(value)) throw new Error('A list is in the place of a series');
    return value;
  }

  #expect(wanted: string): void {
    const found = this.#tokens.shift();
    if (found !== wanted) throw new Error(`Expected "${wanted}", found "${found ?? 'the end'}"`);
  }
}

function isList(value: Value): value is readonly Series[] {
  return Array.isArray(value) && Array.isArray(value[0]);
}
