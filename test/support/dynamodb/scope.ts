import { ValidationException } from './errors.ts';
import type { Item, Value } from './item.ts';
import type { Tokens } from './tokens.ts';
import { kept, refuseName } from './values.ts';

export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

/** What placeholders of a request stand for. */
export class Scope {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: ReadonlyMap<string, Value>;

  /** @throws ValidationException where expressions use what is not there, or not all that is. */
  constructor(
    { ExpressionAttributeNames: names, ExpressionAttributeValues: values }: Placeholders,
    expressions: readonly Pick<Tokens, 'section' | 'names' | 'values'>[],
  ) {
    for (const { section, names: used, values: usedValues } of expressions) {
      const missing = [...used].find((name) => !Object.hasOwn(names ?? {}, name));
      if (missing !== undefined) {
        throw new ValidationException(
          `Invalid ${section}: An expression attribute name used in the document path is not defined; attribute name: ${missing}`,
        );
      }
      const unknown = [...usedValues].find((value) => !Object.hasOwn(values ?? {}, value));
      if (unknown !== undefined) {
        throw new ValidationException(
          `Invalid ${section}: An expression attribute value used in expression is not defined; attribute value: ${unknown}`,
        );
      }
    }
    refuseUnused('Names', names, expressions, 'names');
    refuseUnused('Values', values, expressions, 'values');
    this.#names = names ?? {};
    for (const name of Object.values(this.#names)) refuseName(name);
    this.#values = new Map(Object.entries(values ?? {}).map(([token, value]) => [token, kept(value)]));
  }

  /** The attribute that a path means. */
  name(path: string): string {
    return path.startsWith('#') ? (this.#names[path] as string) : path;
  }

  value(token: string): Value {
    return this.#values.get(token) as Value;
  }
}

function refuseUnused(
  which: 'Names' | 'Values',
  given: Readonly<Record<string, unknown>> | undefined,
  expressions: readonly Pick<Tokens, 'names' | 'values'>[],
  kind: 'names' | 'values',
): void {
  if (given === undefined) return;
  const option = `ExpressionAttribute${which}`;
  if (expressions.length === 0) {
    throw new ValidationException(`${option} can only be specified when using expressions`);
  }
  if (Object.keys(given).length === 0) throw new ValidationException(`${option} must not be empty`);
  const unused = Object.keys(given).filter((token) => !expressions.some((one) => one[kind].has(token)));
  if (unused.length > 0) {
    throw new ValidationException(
      `Value provided in ${option} unused in expressions: keys: {${unused.join(', ')}}`,
    );
  }
}
