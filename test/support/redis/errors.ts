/** What Redis answers instead of a reply; its message begins with its code. */
export class ReplyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReplyError';
  }
}

/** What a script does wrong while it runs, as Lua says it. */
export class LuaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LuaError';
  }
}

/**
 * Redis may well have an answer to this; the one in memory has none, and does not guess. It is a mistake of the test, or
 * something to be added here, never an answer that a client should meet.
 */
export class NotEvaluatedError extends Error {
  constructor(what: string) {
    super(`The Redis in memory does not know ${what}: teach it, or don't use it`);
    this.name = 'NotEvaluatedError';
  }
}
