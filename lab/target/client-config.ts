/** Emulators take any key. No account of AWS's takes this one, wherever an endpoint may lead. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** For every client of the AWS SDK. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof credentials;
  /** For SQS: the host in a queue's URL is the one that the emulator knows itself by. */
  readonly useQueueUrlAsEndpoint: false;
}
