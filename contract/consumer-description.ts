import type { GuaranteeName } from './policies/guarantee-names.ts';

/** The member by which tools recognise a description among the outputs of a stack. */
const marker = 'order-once';

/**
 * What a deployed consumer consists of. `IdempotentConsumer` writes it as JSON into an output of its stack, which may be
 * a nested one, so that nobody has to type an ARN.
 */
export interface ConsumerDescription {
  /** The version of order-once that made the template. */
  readonly [marker]: string;
  /** The consumer's name. */
  readonly consumer: string;
  /** `undefined` if the stack does not say it. */
  readonly guarantee?: GuaranteeName;
  /** `new`, or the date before which something else applied the events, in ISO 8601. */
  readonly history: string;
  /** The tables of the consumer's effects, by the names that `createConsumer` gives them. */
  readonly tables: Readonly<Record<string, { readonly arn: string; readonly effects: readonly string[] }>>;
  /** ARNs. */
  readonly topic: string;
  readonly subscription: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly subscriptionDeadLetterQueue: string;
  readonly function: string;
  readonly records: string;
  /** UUID of the event source mapping. */
  readonly eventSource: string;
  /** Name of the function's log group. */
  readonly logGroup: string;
}

/** The description in an output of a stack; `undefined` if the output is something else. */
export function readDescription(output: string): ConsumerDescription | undefined {
  try {
    const value: unknown = JSON.parse(output);
    const isDescription = typeof value === 'object' && value !== null && Object.hasOwn(value, marker);
    return isDescription ? (value as ConsumerDescription) : undefined;
  } catch {
    return undefined;
  }
}
