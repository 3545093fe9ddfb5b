import { NotEvaluatedError, ValidationException } from './errors.ts';

export type Section = 'ConditionExpression' | 'UpdateExpression';

const pattern = /[#:]\w+|[A-Za-z_]\w*|<>|<=|>=|[=<>(),+\-.[\]]|\d+|\S/g;

/**
 * Attribute names that expressions may have without a placeholder: they are none of DynamoDB's 573 reserved words.
 * Whether another one is, nobody knows here.
 */
const unreserved: ReadonlySet<string> = new Set(['orderId', 'account', 'spent']);

/** The words of an expression, read one by one; what is read of names and values is noted. */
export class Tokens {
  readonly section: Section;
  /** Placeholders that were read. */
  readonly names = new Set<string>();
  readonly values = new Set<string>();
  readonly #tokens: readonly string[];
  #place = 0;

  constructor(section: Section, text: string) {
    this.section = section;
    this.#tokens = text.match(pattern) ?? [];
    if (this.#tokens.length === 0) throw this.invalid('The expression can not be empty;');
  }

  /** Where it is: how many tokens were read. */
  get place(): number {
    return this.#place;
  }

  get next(): string | undefined {
    return this.#tokens[this.#place];
  }

  /** The token after the next one. */
  get afterNext(): string | undefined {
    return this.#tokens[this.#place + 1];
  }

  isWord(word: string): boolean {
    return this.next?.toUpperCase() === word;
  }

  /** Reads a word of the grammar, in capitals or not, or a sign; says whether it was there. */
  takes(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#place += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.takes(word)) throw this.unexpected();
  }

  read(): string {
    const token = this.next;
    if (token === undefined) throw this.unexpected();
    this.#place += 1;
    return token;
  }

  /** A path of one name: `#attempt`. */
  path(): string {
    const token = this.read();
    if (this.next === '.' || this.next === '[') throw new NotEvaluatedError('paths into documents');
    if (token.startsWith('#')) this.names.add(token);
    else if (!/^[A-Za-z_]/.test(token)) throw this.unexpected(token);
    else if (!unreserved.has(token)) {
      throw new NotEvaluatedError(`whether ${token} is a reserved word (a placeholder, #${token}, is none)`);
    }
    return token;
  }

  value(): string {
    const token = this.read();
    if (!token.startsWith(':')) throw this.unexpected(token);
    this.values.add(token);
    return token;
  }

  end(): void {
    if (this.next !== undefined) throw this.unexpected();
  }

  invalid(why: string): ValidationException {
    return new ValidationException(`Invalid ${this.section}: ${why}`);
  }

  unexpected(token = this.next ?? '<EOF>'): ValidationException {
    const near = this.#tokens.slice(Math.max(0, this.#place - 1), this.#place + 2).join(' ');
    return this.invalid(`Syntax error; token: "${token}", near: "${near}"`);
  }
}
