import type { Ability } from '../../../local/endpoint/abilities.ts';
import type { ClientConfig } from '../../../local/endpoint/client-config.ts';
import type { Environment } from '../../../system/environment.ts';
import type { SandboxFiles } from './sandbox.ts';

/** One deployed topic with its consumer and its tables. */
export interface Deployed {
  readonly topicArn: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly functionName: string;
  readonly records: string;
  readonly orders: string;
  readonly ledger: string;
  readonly customers: string;
}

export interface Connection {
  readonly clientConfig: ClientConfig;
  /** What AWS can do, and this endpoint cannot. */
  readonly lacks: readonly Ability[];
  readonly main: Deployed;
  /** A topic of a nested stack. */
  readonly nestedTopicArn: string;
  /** Of the main stack: takes orders, which its consumer applies. */
  readonly intake: { readonly url: string; readonly functionName: string };
  /** The same stack again, deployed without mending what the emulator drops; absent where nothing was to mend. */
  readonly unmended?: Deployed;
  /** For the commands of operators: the consumers are named as they are here. */
  readonly operated: {
    readonly stackName: string;
    /** Variables of AWS' tools, for the endpoint. */
    readonly environment: Environment;
    readonly orders: Deployed;
    /** For tests that count the letters of its dead-letter queue. */
    readonly letters: Deployed;
    /** Poison blocks its group. */
    readonly strict: Deployed;
    /** At most once. */
    readonly once: Deployed;
  };
  /** What charges and mails; absent where functions don't reach the provider and the proxy on this machine. */
  readonly effects?: {
    readonly stack: Deployed;
    readonly billing: Deployed;
    readonly notifications: Deployed;
    /** `notifications`, at least once. */
    readonly mailingAgain: Deployed;
    readonly files: SandboxFiles;
    /** URL of the system that takes the mails. */
    readonly mailUrl: string;
  };
  readonly variants: Readonly<
    Record<'sound' | 'faulty' | 'unconditional' | 'reversed' | 'regressing' | TroubledVariant, Deployed>
  >;
}

/** Each has a queue of its own. */
export type TroubledVariant =
  /** Orders as they come, of the real function. */
  | 'plain'
  | 'poisoned'
  /** Processes end. */
  | 'deadly'
  /** The store is away. */
  | 'cutOff'
  /** Processes end while they give something up. */
  | 'crashing'
  | 'steady'
  | 'recovering'
  /** A visibility timeout of 5 minutes. */
  | 'patient'
  /** At least once. */
  | 'outside'
  | 'ignoring';

/** Where the run's setup leaves the connection for the tests, which run in other processes. */
export const connectionVariable = 'ORDER_ONCE_TEST_CONNECTION';
