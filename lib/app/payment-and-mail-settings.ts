import { Duration } from 'aws-cdk-lib';
import { ConfigurationError } from '../../contract/errors.ts';
import { keyRetentionSeconds } from '../../contract/policies/key-retention.ts';
import { check } from './check-setting.ts';

export interface PaymentSettings {
  /** Where charges are posted. */
  readonly url: string;
  /**
   * How long the provider remembers an idempotency key. @default 24 hours, after which Stripe forgets keys (Stripe API
   * reference, "Idempotent requests")
   */
  readonly keyRetention: Duration;
}

export interface MailSettings {
  /** The sender's address, verified with SES in the stack's account and Region. */
  readonly from: string;
  /** The domain of the accounts' mailboxes. */
  readonly domain: string;
}

type Read = (name: string) => string | undefined;

const { least, most } = keyRetentionSeconds;
const oneDay = String(Duration.days(1).toSeconds());

/** @throws ConfigurationError for a URL that an order should not be sent to. */
export function readPayment(read: Read, stage: string): PaymentSettings | undefined {
  const insecure = stage === 'dev';
  const url = check('paymentUrl', read('paymentUrl'), {
    valid: (value) => isPaymentUrl(value, insecure),
    wanted:
      'an https URL without a user name, "https://payments.example.com/charges" for instance' +
      (insecure ? ', or an http one' : '; an http one only for this machine, or with -c stage=dev'),
  });
  const seconds = check('paymentKeyRetentionSeconds', read('paymentKeyRetentionSeconds') ?? oneDay, {
    valid: (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
    wanted: `a whole number of seconds from ${least} to ${most}: for how long the provider remembers an idempotency key`,
  });
  return url === undefined ? undefined : { url, keyRetention: Duration.seconds(Number(seconds)) };
}

/** @throws ConfigurationError where only one of the two is given, or either is none. */
export function readMail(read: Read): MailSettings | undefined {
  const from = check('mailFrom', read('mailFrom'), {
    valid: (value) => address.test(value) && value.length <= 254,
    wanted: 'the bare address of a sender, "orders@example.com" for instance',
  });
  const domain = check('mailDomain', read('mailDomain'), {
    valid: (value) => domainName.test(value) && value.length <= 253,
    wanted: 'a domain, "customers.example.com" for instance',
  });
  if (from !== undefined && domain !== undefined) return { from, domain };
  if (from === undefined && domain === undefined) return undefined;
  const [given, missing] = from === undefined ? ['mailDomain', 'mailFrom'] : ['mailFrom', 'mailDomain'];
  throw new ConfigurationError(
    `Context "${given}" is "${from ?? domain}" and "${missing}" is not set; mails need both. Give it with ` +
      `-c ${missing}=..., or in cdk.json.`,
  );
}

function isPaymentUrl(value: string, insecure: boolean): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && (insecure || isLoopback(hostname)));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const domain = `${label}(\\.${label})+`;
const domainName = new RegExp(`^${domain}$`);
const address = new RegExp(`^[\\w!#$%&'*+/=?^\`{|}~.-]{1,64}@${domain}$`);
