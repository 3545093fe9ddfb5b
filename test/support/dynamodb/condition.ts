import { NotEvaluatedError } from './errors.ts';
import type { Item, Value } from './item.ts';
import type { Scope } from './scope.ts';
import { Tokens } from './tokens.ts';
import { areEqual, attributeOf, compareValues, ordered, typeOf, valueTypes } from './values.ts';

/** Whether an item, or none, fulfils a condition. Every part of it is looked at: a part that is wrong is wrong always. */
export type Test = (item: Item | undefined, scope: Scope) => boolean;

/** What a comparison compares: an attribute of the item, or a value that the request gives. */
interface Operand {
  readonly token: string;
  readonly isGiven: boolean;
}

const comparators: Readonly<Record<string, (a: Value | undefined, b: Value | undefined) => boolean>> = {
  '=': (a, b) => a !== undefined && b !== undefined && areEqual(a, b),
  // Of what is not there, too.
  '<>': (a, b) => a === undefined || b === undefined || !areEqual(a, b),
  '<': (a, b) => compared(a, b, (order) => order < 0),
  '<=': (a, b) => compared(a, b, (order) => order <= 0),
  '>': (a, b) => compared(a, b, (order) => order > 0),
  '>=': (a, b) => compared(a, b, (order) => order >= 0),
};

const needOrder = new Set(['<', '<=', '>', '>=']);

const functions = new Set(['attribute_exists', 'attribute_not_exists', 'attribute_type']);
const unknownFunctions = new Set(['begins_with', 'contains', 'size']);

/**
 * A condition expression: DynamoDB Developer Guide, "Condition and filter expressions, operators, and functions".
 * @throws ValidationException for what is none; NotEvaluatedError for what is none of this evaluator's.
 */
export function parseCondition(text: string): { readonly tokens: Tokens; readonly test: Test } {
  const tokens = new Tokens('ConditionExpression', text);
  const test = new ConditionParser(tokens).any();
  tokens.end();
  return { tokens, test };
}

/** OR binds least, then AND, then NOT. */
class ConditionParser {
  readonly #tokens: Tokens;
  /** By where each bracket opened: where it closed. */
  readonly #brackets = new Map<number, number>();

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  any(): Test {
    const tests = [this.#all()];
    while (this.#tokens.takes('OR')) tests.push(this.#all());
    return (item, scope) => tests.map((test) => test(item, scope)).includes(true);
  }

  #all(): Test {
    const tests = [this.#negated()];
    while (this.#tokens.takes('AND')) tests.push(this.#negated());
    return (item, scope) => !tests.map((test) => test(item, scope)).includes(false);
  }

  #negated(): Test {
    if (!this.#tokens.takes('NOT')) return this.#primary();
    const test = this.#negated();
    return (item, scope) => !test(item, scope);
  }

  #primary(): Test {
    const { next = '', afterNext } = this.#tokens;
    if (next === '(') return this.#bracketed();
    if (afterNext === '(' && functions.has(next)) return this.#function();
    if (afterNext === '(' && unknownFunctions.has(next)) throw new NotEvaluatedError(`the function ${next}`);
    return this.#comparison();
  }

  #bracketed(): Test {
    const tokens = this.#tokens;
    const opened = tokens.place;
    tokens.expect('(');
    const test = this.any();
    const closed = tokens.place;
    tokens.expect(')');
    this.#brackets.set(opened, closed);
    if (this.#brackets.get(opened + 1) === closed - 1) {
      throw tokens.invalid('The expression has redundant parentheses;');
    }
    return test;
  }

  #function(): Test {
    const tokens = this.#tokens;
    const name = tokens.read();
    tokens.expect('(');
    const path = tokens.path();
    const type = name === 'attribute_type' ? this.#typeArgument() : undefined;
    tokens.expect(')');
    return (item, scope) => {
      const value = attributeOf(item, scope.name(path));
      if (type !== undefined) return type(scope) === (value && typeOf(value));
      return (value !== undefined) === (name === 'attribute_exists');
    };
  }

  #typeArgument(): (scope: Scope) => string {
    const tokens = this.#tokens;
    tokens.expect(',');
    const token = tokens.value();
    return (scope) => {
      const { S: type } = scope.value(token);
      if (type === undefined || !valueTypes.has(type)) {
        throw tokens.invalid(
          `Invalid attribute type name found; type: ${type}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        );
      }
      return type;
    };
  }

  #comparison(): Test {
    const tokens = this.#tokens;
    const first = this.#operand();
    if (tokens.isWord('BETWEEN')) throw new NotEvaluatedError('BETWEEN');
    const operator = tokens.read().toUpperCase();
    const holds = comparators[operator === 'IN' ? '=' : operator];
    if (holds === undefined) throw tokens.unexpected(operator);
    const others = operator === 'IN' ? this.#choices() : [this.#operand()];
    return (item, scope) => {
      for (const operand of [first, ...others]) this.#check(operand, operator, scope);
      if (others.some((other) => isSame(first, other, scope))) {
        throw tokens.invalid(
          `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${first.token}`,
        );
      }
      const value = operandValue(first, item, scope);
      return others.some((other) => holds(value, operandValue(other, item, scope)));
    };
  }

  #choices(): Operand[] {
    const tokens = this.#tokens;
    tokens.expect('(');
    const choices = [this.#operand()];
    while (tokens.takes(',')) choices.push(this.#operand());
    tokens.expect(')');
    return choices;
  }

  #operand(): Operand {
    const tokens = this.#tokens;
    const isGiven = tokens.next?.startsWith(':') === true;
    return { isGiven, token: isGiven ? tokens.value() : tokens.path() };
  }

  /** A value that the request gives must have an order; of the item's, one without is only not fulfilled. */
  #check({ token, isGiven }: Operand, operator: string, scope: Scope): void {
    if (!isGiven || !needOrder.has(operator)) return;
    const type = typeOf(scope.value(token));
    if (ordered.has(type)) return;
    throw this.#tokens.invalid(
      `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
    );
  }
}

function operandValue({ token, isGiven }: Operand, item: Item | undefined, scope: Scope): Value | undefined {
  return isGiven ? scope.value(token) : attributeOf(item, scope.name(token));
}

function isSame(a: Operand, b: Operand, scope: Scope): boolean {
  if (a.isGiven !== b.isGiven) return false;
  return a.isGiven ? a.token === b.token : scope.name(a.token) === scope.name(b.token);
}

function compared(a: Value | undefined, b: Value | undefined, holds: (order: number) => boolean): boolean {
  const order = a && b && compareValues(a, b);
  return order !== undefined && holds(order);
}
