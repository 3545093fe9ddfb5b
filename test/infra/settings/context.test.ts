import { ConfigurationError } from '../../../contract/errors.ts';
import { refusalOf, settingsOf } from './support.ts';

describe('a setting in the context fails with the file and the line to write', () => {
  test.each([
    ['paymentUrl', '"billing": { "paymentUrl": "<URL>" }'],
    [
      'paymentKeyRetentionSeconds',
      '"billing": { "paymentUrl": "<URL>", "paymentKeyRetentionSeconds": <number> }',
    ],
    ['mailFrom', '"notifications": { "mailFrom": "<address>", "mailDomain": "<domain>" }'],
    ['mailDomain', '"notifications": { "mailFrom": "<address>", "mailDomain": "<domain>" }'],
    ['functionTimeoutSeconds', '"functionTimeoutSeconds": <number>'],
    ['intakeAuth', '"intake": { "auth": "iam" }'],
    [
      'jwtIssuer',
      '"intake": { "auth": "jwt", "jwtIssuer": "<URL>", "jwtAudience": "<audience>", "jwtAccountClaim": "<claim>" }',
    ],
    [
      'jwtAudience',
      '"intake": { "auth": "jwt", "jwtIssuer": "<URL>", "jwtAudience": "<audience>", "jwtAccountClaim": "<claim>" }',
    ],
    ['account', '"account": "<12 digits>"'],
    ['region', '"region": "<Region>"'],
  ])('%s', (name, line) => {
    expect(refusalOf({ context: { stage: 'dev', [name]: 'x' } })).toBe(
      `Context "${name}" is no longer read. Write ${line} in config/dev.json, and leave out -c ${name}=... and its line in ` +
        'cdk.json.',
    );
  });

  test('stackName, which follows from the stage', () => {
    expect(refusalOf({ context: { stackName: 'Mine' } })).toContain(
      'with -c stage=NAME it is OrderOnce-NAME',
    );
  });
});

test.each([
  'stgae',
  'Stage',
  'stages',
  'setings',
])('a misspelt name in the context does not deploy to production: %s', (name) => {
  expect(refusalOf({ context: { [name]: 'dev' } })).toMatch(
    new RegExp(`^Context "${name}" is not read\\. Did you mean -c (stage|settings)=\\.\\.\\.\\?$`),
  );
});

test('context of the CDK and of its plugins is left alone', () => {
  const context = {
    'aws:cdk:bundling-stacks': [],
    '@aws-cdk/core:stackRelativeExports': true,
    'availability-zones:account=1:region=a': [],
    'cli-telemetry': false,
    'acknowledged-issue-numbers': [1],
  };
  expect(settingsOf({ context }).stackName).toBe('OrderOnce');
});

test.each([
  'Dev',
  'my stage',
  '',
  '../dev',
  'x'.repeat(31),
  '1st',
])('a stage that cannot be part of a name fails: "%s"', (stage) => {
  expect(refusalOf({ context: { stage } })).toMatch(
    /^Context "stage" is ".*"; it must be 1 to 30 lower-case letters, digits and hyphens, a letter first/,
  );
});

test('other settings for production fail: its only settings are the committed ones', () => {
  const settings = 'mine.json';
  expect(() => settingsOf({ context: { settings } })).toThrow(ConfigurationError);
  expect(refusalOf({ context: { settings } })).toBe(
    'Context "settings" is "mine.json", and the stage is "production", whose settings are in config/production.json alone. ' +
      'Name another stage: -c stage=trial for instance.',
  );
});

test('data of production cannot be made deletable', () => {
  expect(refusalOf({ file: { data: 'delete' } })).toBe(
    'config/production.json: "data" is "delete", and production keeps its data. Use another stage for data that may go: ' +
      '-c stage=NAME reads config/NAME.json.',
  );
});

test('fixed names for data that stays fail, because they would block the next deployment', () => {
  const file = { physicalNames: 'fixed' };
  expect(refusalOf({ file, context: { stage: 'staging' } })).toContain(
    'config/staging.json: "physicalNames" is "fixed", and "data" is "keep"',
  );
  expect(settingsOf({ file: { ...file, data: 'delete' }, context: { stage: 'trial' } }).physicalNames).toBe(
    'fixed',
  );
});
