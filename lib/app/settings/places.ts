const jwt =
  '"intake": { "auth": "jwt", "jwtIssuer": "<URL>", "jwtAudience": "<audience>", "jwtAccountClaim": "<claim>" }';

/** The line of a settings file that holds a setting, by the setting's name. */
const places: Readonly<Record<string, string>> = {
  account: '"account": "<12 digits>"',
  region: '"region": "<Region>"',
  functionTimeoutSeconds: '"functionTimeoutSeconds": <number>',
  logMessageGroups: '"logMessageGroups": "hashed"',
  logRetentionDays: '"logRetentionDays": <number>',
  maxEventSizeBytes: '"maxEventSizeBytes": <number>',
  encryptionKeyArn: '"encryptionKeyArn": "<ARN>", "keyPolicyIsMine": true',
  keyPolicyIsMine: '"encryptionKeyArn": "<ARN>", "keyPolicyIsMine": true',
  alarmTopicArn: '"alarmTopicArn": "<ARN>"',
  paymentUrl: '"billing": { "paymentUrl": "<URL>" }',
  paymentKeyRetentionSeconds: '"billing": { "paymentUrl": "<URL>", "paymentKeyRetentionSeconds": <number> }',
  paymentSecretArn: '"billing": { "paymentUrl": "<URL>", "paymentSecretArn": "<ARN>" }',
  allowPlainHttp: '"billing": { "paymentUrl": "<URL>", "allowPlainHttp": true }',
  mailFrom: '"notifications": { "mailFrom": "<address>", "mailDomain": "<domain>" }',
  mailDomain: '"notifications": { "mailFrom": "<address>", "mailDomain": "<domain>" }',
  intakeAuth: '"intake": { "auth": "iam" }',
  jwtIssuer: jwt,
  jwtAudience: jwt,
  jwtAccountClaim: jwt,
  maxSequenceJump: '"maxSequenceJump": <number> in "intake"',
  jwtScopes: '"jwtScopes": ["<scope>"] beside "auth": "jwt" in "intake"',
};

/** The line of a settings file that holds a setting; `undefined` for an unknown name. */
export function placeOf(name: string): string | undefined {
  return Object.hasOwn(places, name) ? places[name] : undefined;
}

/** Settings that were read from the CDK context before there were files. */
export const formerContext: readonly string[] = [
  'account',
  'region',
  'functionTimeoutSeconds',
  'paymentUrl',
  'paymentKeyRetentionSeconds',
  'mailFrom',
  'mailDomain',
  'intakeAuth',
  'jwtIssuer',
  'jwtAudience',
];
