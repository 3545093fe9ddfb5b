/** Environment variables of the order shop's own functions: its constructs set them, and its functions read them. */
export const shopVariables = {
  paymentUrl: 'PAYMENT_URL',
  paymentKeyRetentionSeconds: 'PAYMENT_KEY_RETENTION_SECONDS',
  mailFrom: 'MAIL_FROM',
  mailDomain: 'MAIL_DOMAIN',
  topicArn: 'TOPIC_ARN',
} as const;
