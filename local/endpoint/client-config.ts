/** Emulators accept any key. AWS never accepts this one, so a wrong endpoint does no harm. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Configuration of every AWS SDK client. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof credentials;
  /** For SQS: the host in a queue's URL is the emulator's own name, which may not be reachable. */
  readonly useQueueUrlAsEndpoint: false;
}
