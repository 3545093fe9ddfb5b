import type { ClientConfig } from './client-config.ts';

/** Pages of an emulator with information that AWS does not offer. Reading them changes nothing. */
export interface EmulatorPages {
  /** All mails that were sent through the emulator's SES. @throws EndpointError if the page does not answer */
  readMails(config: ClientConfig): Promise<Mail[]>;
  /**
   * The messages of a queue that were given to a consumer and are not deleted.
   * @throws EndpointError if the page does not answer
   */
  readQueue(config: ClientConfig, queueUrl: string): Promise<GivenMessage[]>;
}

/** A mail that was accepted. */
export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A message of a queue that was received at least once. */
export interface GivenMessage {
  readonly messageId: string;
  /** Number of receives, from 1. */
  readonly receiveCount: number;
  /** When the message becomes visible, in whole seconds since the epoch. */
  readonly visibleAt: number;
}
