/**
 * Where a code appears: in a log line, in the reason of a dead letter, or in an error that the library throws to its
 * caller.
 */
export type CodePlace = 'log' | 'dead letter' | 'thrown error';

/** Documentation of a code. docs/outcomes.md has the same sentences, and a test compares the two. */
export interface ReasonCodeRow {
  readonly appearsIn: readonly CodePlace[];
  readonly meaning: string;
  readonly whatToDo: string;
}

const anywhere = ['log', 'dead letter', 'thrown error'] as const;
const logAndLetter = ['log', 'dead letter'] as const;
const log = ['log'] as const;
const logAndThrown = ['log', 'thrown error'] as const;
const thrown = ['thrown error'] as const;

/** Every reason code of this project. Errors of handlers and of the AWS SDK have codes of their own: `OtherCode`. */
export const reasonCodes = {
  INVALID_JSON: {
    appearsIn: anywhere,
    meaning: 'The body is not valid JSON.',
    whatToDo: 'Fix the producer, and publish the event again under its own id.',
  },
  INVALID_EVENT: {
    appearsIn: anywhere,
    meaning: 'The body is not a valid event; field names the part.',
    whatToDo: 'Fix the producer, and publish the event again under its own id.',
  },
  NESTED_TOO_DEEP: {
    appearsIn: anywhere,
    meaning: 'The body is nested too deeply.',
    whatToDo: 'Publish the event again under its own id, with flatter data.',
  },
  INEXACT_NUMBER: {
    appearsIn: anywhere,
    meaning: 'A double, or the 38 digits of DynamoDB, cannot hold a number exactly.',
    whatToDo: 'Publish the event again under its own id, with the number as a text.',
  },
  SNS_ENVELOPE: {
    appearsIn: anywhere,
    meaning: 'The raw message delivery of the subscription is off.',
    whatToDo: 'Turn it on, and publish the event again under its own id.',
  },
  UNHANDLED_TYPE: {
    appearsIn: logAndLetter,
    meaning: 'The type of the event is not among the events of the consumer.',
    whatToDo: 'Add a schema for the type, deploy, and redrive.',
  },
  INVALID_KEY: {
    appearsIn: logAndLetter,
    meaning:
      'For this event the key function of the consumer returned no text, an empty text, or one that is too long.',
    whatToDo: 'Fix the key function, deploy, and redrive.',
  },
  PERMANENT: {
    appearsIn: anywhere,
    meaning:
      'The handler refused the event, the condition of its raw effect failed, or its effects need too many writes.',
    whatToDo: 'Fix the producer or the handler, then redrive.',
  },
  ATTEMPTS_EXHAUSTED: {
    appearsIn: logAndLetter,
    meaning: 'All attempts of the event failed, or ended their process.',
    whatToDo: 'Fix the handler, deploy, and redrive.',
  },
  CONFLICT: {
    appearsIn: logAndLetter,
    meaning: 'The id arrived before with other content; the dead letter has both fingerprints.',
    whatToDo: 'Find the producer that uses one id for two events; redriving never helps.',
  },
  OUT_OF_WINDOW: {
    appearsIn: logAndLetter,
    meaning: 'The event is older than records are kept, or than the history of its consumer.',
    whatToDo: 'Find out whether it was applied, and if not, redrive it as new.',
  },
  RETENTION: {
    appearsIn: logAndLetter,
    meaning: 'SQS would have deleted the message before its next delivery; the reason says why it waited.',
    whatToDo: 'Fix the cause of the wait, then redrive.',
  },
  RECEIVES_EXHAUSTED: {
    appearsIn: logAndLetter,
    meaning: 'The message failed at the last receive that SQS allows; the reason says why it waited.',
    whatToDo: 'Fix the cause of the wait, then redrive.',
  },
  BODY_KEPT: {
    appearsIn: ['dead letter'],
    meaning:
      'The record of an unknown outcome has no room for the body; this copy holds it, and the attributes.',
    whatToDo: 'Resolve the outcome with this copy, then delete it.',
  },
  QUARANTINED: {
    appearsIn: log,
    meaning: 'The dead-letter queue already has the copy.',
    whatToDo: 'Read the reason of that copy.',
  },
  OUTCOME_UNKNOWN: {
    appearsIn: log,
    meaning: 'The effect may have happened.',
    whatToDo: 'Find out whether it did, then resolve the outcome.',
  },
  NOT_DONE: {
    appearsIn: logAndThrown,
    meaning: 'The handler, or the system that it calls, reports that nothing happened.',
    whatToDo: 'Wait; if it does not pass, restore the system.',
  },
  UNCLEAR: {
    appearsIn: logAndThrown,
    meaning: 'The answer of the other system does not show whether the effect happened.',
    whatToDo: 'Wait; if it is the same event each time, ask the owner of the system.',
  },
  STORE_BUSY: {
    appearsIn: logAndThrown,
    meaning: 'The store accepted no write in time.',
    whatToDo: 'Wait; if it does not pass, restore the store.',
  },
  DEADLINE: {
    appearsIn: logAndThrown,
    meaning: 'The handler was asked to stop, because the invocation was about to end.',
    whatToDo: 'If it happens often, raise the timeout of the function.',
  },
  HANDLER_TIMEOUT: {
    appearsIn: log,
    meaning: 'The handler did not stop in time, so the runtime ended its process.',
    whatToDo: 'Pass the signal of the handler to every call that it awaits.',
  },
  FENCED: {
    appearsIn: logAndThrown,
    meaning: 'Another delivery or another call took over the record.',
    whatToDo: 'If it happens often, raise the timeout of the function.',
  },
  PARSER_FAILED: {
    appearsIn: log,
    meaning: 'The parser of the consumer threw an unexpected error; the attempt of that body is counted.',
    whatToDo: 'Correct the parser, deploy, and redrive.',
  },
  NO_EFFECTS: {
    appearsIn: log,
    meaning:
      'The handler returned something else than valid effects, or effects that its guarantee cannot commit; the attempt is counted.',
    whatToDo: 'Fix the handler at the place that the reason names, and deploy.',
  },
  EFFECTS_REFUSED: {
    appearsIn: log,
    meaning:
      'DynamoDB refuses a value, a key or an item, or two effects write one item; the attempt is counted.',
    whatToDo: 'Fix the effects that the reason names, and deploy.',
  },
  NEVER_ENDED: {
    appearsIn: log,
    meaning:
      'Attempts of the event started, and their processes ended before the attempts did; only the error of the log line has this code.',
    whatToDo: 'Find out why the handler ends its process.',
  },
  CONFIGURATION: {
    appearsIn: logAndThrown,
    meaning:
      'A setting, a table or a permission is missing, or a record does not fit the consumer; no attempt is counted.',
    whatToDo: 'Correct what the reason names, and deploy.',
  },
  NOT_RESOLVABLE: {
    appearsIn: thrown,
    meaning: 'The record has no unknown outcome, or lacks data that is needed to send its event again.',
    whatToDo: 'Do what the message of the error says.',
  },
  NOT_SKIPPABLE: {
    appearsIn: thrown,
    meaning: 'The message does not block its group over this record.',
    whatToDo: 'Take recordId and messageId of the last log line whose outcome is blocked.',
  },
  RESULT_NOT_KEPT: {
    appearsIn: thrown,
    meaning: 'The first call was done, but its result was too large or not JSON, and was not kept.',
    whatToDo: 'Return less from the function, for example a reference to the data.',
  },
} as const satisfies Readonly<Record<string, ReasonCodeRow>>;

export type ReasonCode = keyof typeof reasonCodes;

declare const otherCode: unique symbol;

/**
 * The code or the name of an error of a handler or of the AWS SDK, which is not in the table. Only `codeOf` returns
 * this type.
 */
export type OtherCode = string & { readonly [otherCode]: true };

/** The type of a reason's `code`. A text that is not in the table does not compile. */
export type AnyCode = ReasonCode | OtherCode;
