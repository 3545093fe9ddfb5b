import { idempotencyKeyTag } from '../../../contract/orders/mail.ts';
import { coin, type Shares, scheduledFault } from '../fault-schedule.ts';
import { maxMailBytes, sendEmailPath } from '../mail-system.ts';
import { RequestLog } from '../request-log.ts';
import { type FaultPolicy, type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';

/**
 * `lost`: the mail is sent, then the connection is cut. `hang`: the request is never answered, whether the mail is sent
 * or not.
 */
export type MailFault = 'lost' | 'hang';
export const mailModes = ['none', 'lost', 'hang', 'mixed'] as const;
export type MailMode = (typeof mailModes)[number];

/** Shares of the first requests of a key. */
const shares: Readonly<Record<MailMode, Shares<MailFault>>> = {
  none: {},
  lost: { lost: 0.03 },
  hang: { hang: 0.03 },
  mixed: { lost: 0.01, hang: 0.01 },
};

export interface MailProxyOptions extends Pick<FaultProxyOptions, 'host'> {
  /** URL of SES. */
  readonly endpoint: string;
  /** File that gets a line for each request to send a mail. */
  readonly file: string;
  readonly mode: MailMode;
  /** Seed that decides which requests get a fault. */
  readonly seed: number;
}

/** One request to send a mail. */
export interface MailRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The idempotency key in the mail's tags; empty if there is none. */
  readonly key: string;
  readonly to: readonly string[];
  /** Whether SES accepted the mail. */
  readonly sent: boolean;
  readonly fault: MailFault | 'none';
  /** HTTP status of the answer. */
  readonly answer: number | 'none';
  /** Whether there was an earlier request with this key. */
  readonly resent: boolean;
}

export interface MailProxy extends FaultProxy {
  /** All requests to send a mail so far. */
  requests(): Promise<MailRequest[]>;
}

/** The fault of the n-th request (from 1) of a key, and whether its mail is sent; it depends only on the arguments. */
export function mailFaultOf(mode: MailMode, seed: number, key: string, n: number) {
  const fault = scheduledFault(shares[mode], seed, key, n);
  return { fault, forwards: fault !== 'hang' || coin(seed, key, n) };
}

/** Starts a proxy between a function and SES (version 2 of its API). Its mode decides which answers are lost. */
export async function startMailProxy({ endpoint, ...options }: MailProxyOptions): Promise<MailProxy> {
  const log = new RequestLog<MailRequest>(options.file);
  const proxy = await startFaultProxy({
    host: options.host,
    upstream: endpoint,
    maxBody: maxMailBytes,
    policy: mailPolicy(options, log),
  });
  return { ...proxy, requests: () => log.read() };
}

function mailPolicy(
  { mode, seed }: Pick<MailProxyOptions, 'mode' | 'seed'>,
  log: RequestLog<MailRequest>,
): FaultPolicy {
  const counts = new Map<string, number>();
  return async ({ method, path, body }, forward) => {
    if (body === undefined) return 'cut';
    if (method !== 'POST' || path !== sendEmailPath) return await forward();
    const mail = readMail(body);
    const n = (counts.get(mail.key) ?? 0) + 1;
    counts.set(mail.key, n);
    const { fault, forwards } = mailFaultOf(mode, seed, mail.key, n);
    const answered = forwards ? await forward() : undefined;
    log.append({
      at: Date.now(),
      ...mail,
      sent: answered !== undefined && answered.status < 300,
      fault,
      answer: fault === 'none' && answered ? answered.status : 'none',
      resent: n > 1,
    });
    if (fault === 'lost') return 'cut';
    return fault === 'none' && answered ? answered : 'hang';
  };
}

function readMail(body: Buffer): Pick<MailRequest, 'key' | 'to'> {
  const { Destination, EmailTags = [] } = JSON.parse(body.toString()) as {
    Destination?: { ToAddresses?: string[] };
    EmailTags?: { Name: string; Value: string }[];
  };
  const key = EmailTags.find(({ Name }) => Name === idempotencyKeyTag)?.Value ?? '';
  return { key, to: Destination?.ToAddresses ?? [] };
}
