/** Environment variables of the order shop's own functions: its constructs set them, and its functions read them. */
export const shopVariables = {
  paymentUrl: 'PAYMENT_URL',
  paymentKeyRetentionSeconds: 'PAYMENT_KEY_RETENTION_SECONDS',
  mailFrom: 'MAIL_FROM',
  mailDomain: 'MAIL_DOMAIN',
  topicArn: 'TOPIC_ARN',
  /** The claim of a token that names its bearer's account, or `anyAccount`. Not set if callers have no tokens. */
  jwtAccountClaim: 'JWT_ACCOUNT_CLAIM',
} as const;

/** In place of a claim: the bearer of a token may order for every account. */
export const anyAccount = 'any';
