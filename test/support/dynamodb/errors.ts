import type { Item } from './item.ts';

/** What DynamoDB says of one item of a transaction that it cancelled, in the order of the request. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** What an error carries beside its message. */
export interface ErrorMembers {
  readonly Item?: Item;
  readonly CancellationReasons?: readonly CancellationReason[];
}

/** An error of DynamoDB's own, under its name: what a client gets as a 400. */
export class ServiceError extends Error {
  readonly members: ErrorMembers;

  constructor(name: string, message: string, members: ErrorMembers = {}) {
    super(message);
    this.name = name;
    this.members = members;
  }
}

/** A request that is wrong whatever the table holds. */
export class ValidationException extends ServiceError {
  constructor(message: string) {
    super('ValidationException', message);
  }
}

/** A request that is wrong for the item that it found; in a transaction it is a reason, not the answer. */
export class ItemValidationException extends ValidationException {}

/**
 * DynamoDB may well have an answer to this; the one in memory has none, and does not guess. It is a mistake of the
 * test or an operation to be added here, never an answer that a client should meet.
 */
export class NotEvaluatedError extends Error {
  constructor(what: string) {
    super(`The DynamoDB in memory does not know ${what}: teach it, or don't use it`);
    this.name = 'NotEvaluatedError';
  }
}
