/** Environment variables of the order shop's own functions: its constructs set them, and its functions read them. */
export const shopVariables = {
  paymentUrl: 'PAYMENT_URL',
  paymentKeyRetentionSeconds: 'PAYMENT_KEY_RETENTION_SECONDS',
  /** Not set if the provider needs no credential. */
  paymentSecretArn: 'PAYMENT_SECRET_ARN',
  mailFrom: 'MAIL_FROM',
  mailDomain: 'MAIL_DOMAIN',
  topicArn: 'TOPIC_ARN',
  /** Bytes of an event with its attributes that the topic accepts. */
  maxEventSize: 'MAX_EVENT_SIZE_BYTES',
  /** The claim of a token that names its bearer's account, or `anyAccount`. Not set if callers have no tokens. */
  jwtAccountClaim: 'JWT_ACCOUNT_CLAIM',
  customersTable: 'CUSTOMERS_TABLE_NAME',
  /** How far a sequence may be above the last applied one of its account, or `anyJump`. */
  maxSequenceJump: 'MAX_SEQUENCE_JUMP',
} as const;

/** In place of a claim: the bearer of a token may order for every account. */
export const anyAccount = 'any';

/** In place of a number: a sequence may have any value, and the last applied one is not read. */
export const anyJump = 'any';

/** Range of the setting. The greatest one is the largest integer that JSON keeps exactly. */
export const sequenceJump = { least: 1, most: Number.MAX_SAFE_INTEGER } as const;
