import { addDecimals, decimalOf, negated, textOf } from './decimal.ts';
import { ItemValidationException, NotEvaluatedError } from './errors.ts';
import type { Item, Value } from './item.ts';
import type { Scope } from './scope.ts';
import { Tokens } from './tokens.ts';
import { attributeOf, typeOf } from './values.ts';

/** New values by attribute; `undefined` for what goes. All are made of the item as it was. */
export type Changes = ReadonlyMap<string, Value | undefined>;

type Change = (item: Item, scope: Scope) => Value | undefined;
type Operand = (item: Item, scope: Scope) => Value;

/**
 * An update expression: DynamoDB Developer Guide, "Using update expressions".
 * @throws ValidationException for what is none; NotEvaluatedError for what is none of this evaluator's.
 */
export function parseUpdate(text: string): ParsedUpdate {
  const tokens = new Tokens('UpdateExpression', text);
  const changes = new UpdateParser(tokens).changes();
  return {
    tokens,
    attributes: (scope) => attributesOf(changes, scope, tokens),
    update: (item, scope) =>
      new Map(changes.map(([path, change]) => [scope.name(path), change(item, scope)])),
  };
}

interface ParsedUpdate {
  readonly tokens: Tokens;
  /** What it changes. @throws ValidationException where it changes one of them twice. */
  attributes(scope: Scope): ReadonlySet<string>;
  /** @throws ItemValidationException where the item has not what the expression needs. */
  update(item: Item, scope: Scope): Changes;
}

class UpdateParser {
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  changes(): (readonly [path: string, change: Change])[] {
    const tokens = this.#tokens;
    const clauses = new Map([
      ['SET', () => this.#set()],
      ['REMOVE', () => this.#remove()],
      ['ADD', () => this.#add()],
    ]);
    const changes: (readonly [string, Change])[] = [];
    const read = new Set<string>();
    while (tokens.next !== undefined) {
      const clause = tokens.read().toUpperCase();
      if (clause === 'DELETE') throw new NotEvaluatedError('DELETE, which is for sets');
      const change = clauses.get(clause);
      if (change === undefined) throw tokens.unexpected(clause);
      if (read.has(clause)) {
        throw tokens.invalid(`The "${clause}" section can only be used once in an update expression;`);
      }
      read.add(clause);
      do changes.push(change());
      while (tokens.takes(','));
    }
    return changes;
  }

  #set(): readonly [string, Change] {
    const path = this.#tokens.path();
    this.#tokens.expect('=');
    const operand = this.#operand();
    const sign = this.#tokens.next;
    if (sign !== '+' && sign !== '-') return [path, operand];
    this.#tokens.read();
    const other = this.#operand();
    return [path, (item, scope) => sum(operand(item, scope), other(item, scope), sign)];
  }

  #remove(): readonly [string, Change] {
    return [this.#tokens.path(), () => undefined];
  }

  #add(): readonly [string, Change] {
    const path = this.#tokens.path();
    const token = this.#tokens.value();
    return [
      path,
      (item, scope) => {
        const amount = scope.value(token);
        const type = typeOf(amount);
        if (['SS', 'NS', 'BS'].includes(type)) throw new NotEvaluatedError('ADD to sets');
        if (type !== 'N') {
          throw this.#tokens.invalid(
            `Incorrect operand type for operator or function; operator: ADD, operand type: ${type}`,
          );
        }
        return sum(attributeOf(item, scope.name(path)) ?? { N: '0' }, amount, '+');
      },
    ];
  }

  #operand(): Operand {
    const tokens = this.#tokens;
    if (tokens.next?.startsWith(':')) {
      const token = tokens.value();
      return (_, scope) => scope.value(token);
    }
    if (tokens.next === '(') throw new NotEvaluatedError('brackets in an update expression');
    if (tokens.afterNext === '(') return this.#ifNotExists();
    const path = tokens.path();
    return (item, scope) => {
      const value = attributeOf(item, scope.name(path));
      if (value === undefined) {
        throw new ItemValidationException(
          'The provided expression refers to an attribute that does not exist in the item',
        );
      }
      return value;
    };
  }

  #ifNotExists(): Operand {
    const tokens = this.#tokens;
    const name = tokens.read();
    if (name !== 'if_not_exists') throw new NotEvaluatedError(`the function ${name}`);
    tokens.expect('(');
    const path = tokens.path();
    tokens.expect(',');
    const otherwise = this.#operand();
    tokens.expect(')');
    return (item, scope) => attributeOf(item, scope.name(path)) ?? otherwise(item, scope);
  }
}

function attributesOf(
  changes: readonly (readonly [path: string, change: Change])[],
  scope: Scope,
  tokens: Tokens,
): ReadonlySet<string> {
  const attributes = new Set<string>();
  for (const [path] of changes) {
    const name = scope.name(path);
    if (attributes.has(name)) {
      throw tokens.invalid(
        `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${name}], path two: [${name}]`,
      );
    }
    attributes.add(name);
  }
  return attributes;
}

function sum(a: Value, b: Value, sign: '+' | '-'): Value {
  if (a.N === undefined || b.N === undefined) {
    throw new ItemValidationException('An operand in the update expression has an incorrect data type');
  }
  const other = decimalOf(b.N);
  return { N: textOf(addDecimals(decimalOf(a.N), sign === '-' ? negated(other) : other)) };
}
