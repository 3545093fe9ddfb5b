import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RootConstruct } from 'constructs';
import { ConfigurationError } from '../../../contract/errors.ts';
import { readSettings } from '../../../lib/app/settings/read-settings.ts';
import { sourceLoader } from '../../../system/source-loader.ts';
import { root, temporaryFolder } from '../support.ts';
import { refusalOf, required, settingsOf } from './support.ts';

describe('the committed files', () => {
  function committed(stage?: string) {
    const app = new RootConstruct();
    if (stage !== undefined) app.node.setContext('stage', stage);
    const { functionTimeout, toleratedOutage, ...settings } = readSettings(app, { cli: {} });
    return { ...settings, timeout: functionTimeout.toSeconds(), outage: toleratedOutage?.toSeconds() };
  }
  const off = { env: {}, timeout: 30, billing: 'off', notifications: 'off', intake: { auth: 'iam' } };

  test('of production, which counts if no stage is named, keep all data', () => {
    const production = {
      logMessageGroups: 'hashed',
      ...{ ...off, stackName: 'OrderOnce', physicalNames: 'generated' },
      ...{ data: 'keep', terminationProtection: true, alarms: true },
    };
    expect(committed()).toEqual(production);
    expect(committed('production')).toEqual(production);
  });

  test.each([
    ['dev', 'generated', 'hashed'],
    ['local', 'fixed', 'plain'],
  ])('of %s keep no data, have %s names, and log %s message groups', (stage, physicalNames, logMessageGroups) => {
    expect(committed(stage)).toEqual({
      ...{ ...off, stackName: `OrderOnce-${stage}`, outage: 3600, physicalNames, logMessageGroups },
      ...{ data: 'delete', terminationProtection: false, alarms: false },
    });
  });

  test('are these', () => {
    expect(readdirSync(join(root, 'config')).sort()).toEqual(['dev.json', 'local.json', 'production.json']);
  });
});

describe('settings', () => {
  test('come from the file of the stage', () => {
    const file = { account: '123456789012', region: 'eu-central-1', functionTimeoutSeconds: 5 };
    const { functionTimeout, ...settings } = settingsOf({ file, context: { stage: 'test-2' } });
    expect(settings).toEqual({
      ...{ ...required, stackName: 'OrderOnce-test-2', data: 'keep', terminationProtection: true },
      physicalNames: 'generated',
      logMessageGroups: 'hashed',
      alarms: true,
      env: { account: '123456789012', region: 'eu-central-1' },
    });
    expect(functionTimeout.toSeconds()).toBe(5);
  });

  test('come from another file if the context names one beside a stage', () => {
    const file = join(temporaryFolder(), 'trial.json');
    writeFileSync(file, JSON.stringify({ ...required, functionTimeoutSeconds: 7 }));
    const settings = settingsOf({ context: { stage: 'trial', settings: file } });
    expect(settings.stackName).toBe('OrderOnce-trial');
    expect(settings.functionTimeout.toSeconds()).toBe(7);
  });

  test.each([
    'eusc-de-east-1',
    'ap-southeast-10',
    'us-gov-east-1',
    'us-isob-east-1',
    'cn-north-1',
  ])('accept the Region %s from the file and from the credentials', (region) => {
    expect(settingsOf({ file: { region } }).env).toEqual({ region });
    expect(settingsOf({ cli: { account: '123456789012', region } }).env).toMatchObject({ region });
  });

  test('use account and Region of the file, or else of the credentials', () => {
    const cli = { account: '111111111111', region: 'us-gov-west-1' };
    expect(settingsOf({ cli }).env).toEqual(cli);
    expect(settingsOf({ file: { account: '222222222222' }, cli }).env).toEqual({
      account: '222222222222',
      region: 'us-gov-west-1',
    });
  });

  test('of payments and mails are set if they are given', () => {
    const { billing, notifications } = settingsOf({
      file: {
        billing: { paymentUrl: 'https://pay.test/charges', paymentKeyRetentionSeconds: 3600 },
        notifications: { mailFrom: 'orders@shop.test', mailDomain: 'customers.test' },
      },
    });
    expect(billing).toMatchObject({ url: 'https://pay.test/charges' });
    expect(billing === 'off' ? undefined : billing.keyRetention.toSeconds()).toBe(3600);
    expect(notifications).toEqual({ from: 'orders@shop.test', domain: 'customers.test' });
  });

  test.each([
    'https://pay.test/charges',
    'http://localhost:8080/charges',
  ])('of payments name the secret with the credential for %s', (paymentUrl) => {
    const billing = { paymentUrl, paymentSecretArn: secretArn };
    expect(settingsOf({ file: { billing } }).billing).toMatchObject({ secretArn });
  });

  test('name the key that encrypts everything, if its policy is confirmed', () => {
    expect(settingsOf({ file: { encryptionKeyArn: keyArn, keyPolicyIsMine: true } })).toMatchObject({
      encryptionKeyArn: keyArn,
    });
  });

  test('of payments remember a key for a day by default', () => {
    const { billing } = settingsOf({ file: { billing: { paymentUrl: 'https://pay.test' } } });
    expect(billing === 'off' ? undefined : billing.keyRetention.toSeconds()).toBe(86_400);
  });

  test.each([
    [{ paymentUrl: 'http://localhost:8080/charges' }],
    [{ paymentUrl: 'http://127.0.0.1:8080/charges' }],
    [{ paymentUrl: 'http://[::1]:8080/charges' }],
    [{ paymentUrl: 'http://pay.internal/charges', allowPlainHttp: true }],
  ])('accept a payment provider without encryption: %j', (billing) => {
    expect(settingsOf({ file: { billing } }).billing).toMatchObject({ url: billing.paymentUrl });
  });

  test('say how long logs are kept', () => {
    expect(settingsOf({ file: { logRetentionDays: 731 } }).logRetention).toBe(731);
    expect(settingsOf({})).not.toHaveProperty('logRetention');
  });

  test('turn alarms on where data is kept, or as they say, and name the topic for them', () => {
    const alarmTopicArn = 'arn:aws-us-gov:sns:us-gov-west-1:123456789012:alarms';
    expect(settingsOf({ file: { alarmTopicArn } })).toMatchObject({ alarms: true, alarmTopicArn });
    expect(settingsOf({ file: { alarms: 'off' } }).alarms).toBe(false);
    const trial = { context: { stage: 'trial' }, file: { data: 'delete' } };
    expect(settingsOf(trial).alarms).toBe(false);
    expect(settingsOf({ ...trial, file: { data: 'delete', alarms: 'on' } }).alarms).toBe(true);
  });

  test.each([1, 9_007_199_254_740_991, 'any'])('of the intake bound how far a sequence jumps: %s', (jump) => {
    const intake = { auth: 'iam', maxSequenceJump: jump };
    expect(settingsOf({ file: { intake } }).intake).toEqual(intake);
  });

  test.each([
    [{ jwtAccountClaim: 'https://issuer.example/customer' }],
    [{ jwtAccountClaim: 'any', jwtScopes: ['orders/write', 'orders:admin'] }],
  ])('of an intake with tokens name their issuer, and whom a bearer may order for: %j', (bearers) => {
    const jwtIssuer = 'https://issuer.example/pool';
    const intake = { auth: 'jwt', jwtIssuer, jwtAudience: 'shop', ...bearers };
    expect(settingsOf({ file: { intake } }).intake).toEqual(intake);
  });
});

const keyArn = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/payments-AbCdEf';
const tokens = { auth: 'jwt', jwtIssuer: 'https://a.test', jwtAudience: 'b', jwtAccountClaim: 'c' } as const;

describe('a wrong value fails with its file, its name and what it must be', () => {
  test.each<[object, string]>([
    [
      { billing: { paymentUrl: 'pay.test/charges' } },
      '"billing.paymentUrl" is "pay.test/charges"; it must be a URL',
    ],
    [
      { billing: { paymentUrl: 'ftp://pay.test/' } },
      '"billing.paymentUrl" is "ftp://pay.test/"; it must be a URL',
    ],
    [{ billing: { paymentUrl: 'https://user:secret@pay.test/' } }, 'without a user name'],
    [
      { billing: { paymentUrl: 'http://localhost.pay.test/' } },
      '"billing.paymentUrl" is "http://localhost.pay.test/"; it must be an https URL; to let charges go unencrypted over ' +
        'your network, write "allowPlainHttp": true beside it.',
    ],
    [{ billing: { paymentUrl: 'https://pay.test', paymentKeyRetentionSeconds: 7 } }, 'from 10 to 31536000'],
    [
      { billing: { paymentUrl: 'https://pay.test', paymentKeyRetentionSeconds: '24h' } },
      'is "24h"; it must be a whole',
    ],
    [
      { billing: { paymentUrl: 'https://pay.test', paymentSecretArn: 'sk_live_1' } },
      '"billing.paymentSecretArn" is "sk_live_1"; it must be the complete ARN of a secret, with the six characters at its end',
    ],
    [
      {
        billing: {
          paymentUrl: 'https://pay.test',
          paymentSecretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:payments',
        },
      },
      'it must be the complete ARN',
    ],
    [
      { billing: { paymentUrl: 'http://pay.internal/', allowPlainHttp: true, paymentSecretArn: secretArn } },
      '"billing.paymentUrl" is "http://pay.internal/"; it must be an https URL, because it gets the credential of ' +
        '"paymentSecretArn".',
    ],
    [{ billing: {} }, '"billing.paymentUrl" is missing; it must be a URL'],
    [
      { billing: 'Off' },
      '"billing" is "Off"; it must be "off", which removes the consumer if it is deployed, or {',
    ],
    [{ billing: false }, '"billing" is false; it must be "off"'],
    [{ notifications: null }, '"notifications" is null; it must be "off"'],
    [
      { notifications: { mailFrom: 'orders@shop.test' } },
      '"notifications.mailDomain" is missing; it must be a domain, "customers.example.com" for instance.',
    ],
    [
      { notifications: { mailDomain: 'customers.test' } },
      '"notifications.mailFrom" is missing; it must be the bare',
    ],
    [
      { notifications: { mailFrom: 'Shop <a@shop.test>', mailDomain: 'b.test' } },
      'it must be the bare address',
    ],
    [{ notifications: { mailFrom: 'shop.test', mailDomain: 'b.test' } }, 'it must be the bare address'],
    [{ notifications: { mailFrom: 'a@shop.test', mailDomain: 'a@b.test' } }, 'it must be a domain'],
    [{ notifications: { mailFrom: 'a@shop.test', mailDomain: 'localhost' } }, 'it must be a domain'],
    [{ account: '1234' }, '"account" is "1234"; it must be an AWS account id of 12 digits, in quotes.'],
    [{ account: 123456789012 }, '"account" is 123456789012; it must be'],
    [
      { encryptionKeyArn: keyArn },
      '"encryptionKeyArn" is the ARN of a key whose policy a deployment does not change: without the right policy, SNS could ' +
        'not deliver, and events would be lost. Give the key the policy of docs/deploy.md, "A key of your own", and write ' +
        '"keyPolicyIsMine": true beside it.',
    ],
    [
      { encryptionKeyArn: 'arn:aws:kms:eu-west-1:111111111111:alias/shop', keyPolicyIsMine: true },
      '"encryptionKeyArn" is "arn:aws:kms:eu-west-1:111111111111:alias/shop"; it must be the ARN of a key',
    ],
    [
      { encryptionKeyArn: keyArn, keyPolicyIsMine: 'yes' },
      '"keyPolicyIsMine" is "yes"; it must be true or false.',
    ],
    [
      { maxEventSizeBytes: 1_048_576 },
      '"maxEventSizeBytes" is 1048576; it must be a whole number of bytes from 1024 to 1032192.',
    ],
    [{ alarms: true }, '"alarms" is true; it must be "on" or "off".'],
    [
      { alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms.fifo' },
      'it must be the ARN of a standard topic, "arn:aws:sns:eu-central-1:123456789012:alarms" for instance: CloudWatch',
    ],
    [{ region: 'mars' }, '"region" is "mars"; it must be an AWS region, "eu-central-1" for instance.'],
    [
      { functionTimeoutSeconds: 0 },
      '"functionTimeoutSeconds" is 0; it must be a whole number of seconds from 1 to 900.',
    ],
    [{ functionTimeoutSeconds: 901 }, 'from 1 to 900'],
    [{ functionTimeoutSeconds: 1.5 }, 'from 1 to 900'],
    [{ functionTimeoutSeconds: '30' }, '"functionTimeoutSeconds" is "30"; it must be a whole number'],
    [
      { toleratedOutageSeconds: -1 },
      '"toleratedOutageSeconds" is -1; it must be a whole number of seconds from 0',
    ],
    [
      { logRetentionDays: 45 },
      '"logRetentionDays" is 45; it must be a number of days that CloudWatch Logs takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, ' +
        '180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653. The nearest is 60.',
    ],
    [
      { logMessageGroups: true },
      '"logMessageGroups" is true; it must be "hashed" or "plain": what log lines say',
    ],
    [{ logRetentionDays: 0 }, '"logRetentionDays" is 0; it must be a number of days'],
    [{ logRetentionDays: 9999 }, 'The nearest is 3653.'],
    [{ logRetentionDays: 360 }, 'The nearest is 365.'],
    [{ logRetentionDays: '365' }, '"logRetentionDays" is "365"; it must be a number of days'],
    [{ data: 'lose' }, '"data" is "lose"; it must be "keep" or "delete"'],
    [
      { intake: { auth: 'iam', maxSequenceJump: 0 } },
      '"intake.maxSequenceJump" is 0; it must be a whole number from 1 to 9007199254740991, how far a sequence may be above ' +
        'the last applied one of its account, or "any"',
    ],
    [{ intake: { auth: 'iam', maxSequenceJump: 1.5 } }, '"intake.maxSequenceJump" is 1.5; it must be'],
    [{ intake: { auth: 'iam', maxSequenceJump: '1000' } }, '"intake.maxSequenceJump" is "1000"; it must be'],
    [{ intake: { auth: 'none' } }, '"intake.auth" is "none"; it must be "iam" or "jwt"'],
    [{ intake: {} }, '"intake.auth" is missing; it must be "iam" or "jwt"'],
    [
      { intake: { auth: 'jwt' } },
      '"intake.jwtIssuer" is missing; it must be the https URL of a token issuer',
    ],
    [
      { intake: { auth: 'jwt', jwtIssuer: 'https://a.test' } },
      '"intake.jwtAudience" is missing; it must be the audience',
    ],
    [
      { intake: { auth: 'jwt', jwtIssuer: 'http://a.test', jwtAudience: 'b' } },
      'is "http://a.test"; it must be the https',
    ],
    [
      { intake: { auth: 'jwt', jwtIssuer: 'https://a.test', jwtAudience: 'b' } },
      '"intake.jwtAccountClaim" is missing; it must be the claim that names the account for which the bearer of a token may ' +
        'order, "customer_id" for instance, or "any" to let each bearer order for every account.',
    ],
    [{ intake: { ...tokens, jwtAccountClaim: '' } }, '"intake.jwtAccountClaim" is ""; it must be the claim'],
    [
      { intake: { ...tokens, jwtScopes: 'orders/write' } },
      '"intake.jwtScopes" is "orders/write"; it must be a list of 1 to 10 scopes without blanks, ["orders/write"] for',
    ],
    [{ intake: { ...tokens, jwtScopes: [] } }, '"intake.jwtScopes" is []; it must be a list'],
    [{ intake: { ...tokens, jwtScopes: ['a b'] } }, '"intake.jwtScopes" is ["a b"]; it must be a list'],
    [{ intake: { ...tokens, jwtScopes: 'abcdefghijk'.split('') } }, 'it must be a list of 1 to 10 scopes'],
  ])('%j', (file, message) => {
    expect(refusalOf({ file })).toContain(`config/production.json: `);
    expect(refusalOf({ file })).toContain(message);
    expect(() => settingsOf({ file })).toThrow(ConfigurationError);
  });

  test('and all wrong values fail at once', () => {
    const file = { data: 'lose', region: 'mars', functionTimeoutSeconds: 0 };
    expect(refusalOf({ file }).split('\n')).toHaveLength(3);
  });
});

describe('an unknown name fails with the name to use', () => {
  test.each<[object, string]>([
    [{ bilings: 'off' }, '"bilings" is not a setting; did you mean "billing"?'],
    [{ Region: 'eu-central-1' }, '"Region" is not a setting; did you mean "region"?'],
    [{ functionTimeoutSecond: 5 }, 'did you mean "functionTimeoutSeconds"?'],
    [
      { billing: { paymentURI: 'https://a.test' } },
      '"billing.paymentURI" is not a setting; did you mean "paymentUrl"?',
    ],
    [
      { paymentUrl: 'https://a.test' },
      '"paymentUrl" is not a setting here; write "billing": { "paymentUrl": "<URL>" }.',
    ],
    [
      { mailFrom: 'a@b.test' },
      'write "notifications": { "mailFrom": "<address>", "mailDomain": "<domain>" }.',
    ],
    [
      { intake: { auth: 'iam', maxSequenceJumps: 5 } },
      '"intake.maxSequenceJumps" is not a setting; did you mean "maxSequenceJump"?',
    ],
    [{ intakeAuth: 'jwt' }, '"intakeAuth" is not a setting here; write "intake": { "auth": "iam" }.'],
    [
      { intake: { auth: 'iam', jwtIssuer: 'https://a.test' } },
      '"intake.jwtIssuer" is not a setting here; write "intake": { "auth": "jwt"',
    ],
    [
      { notifications: { mailFrom: 'a@b.test', mailDomain: 'b.test', colour: 'red' } },
      '"notifications.colour" is not a setting; the settings here are "mailFrom", "mailDomain".',
    ],
  ])('%j', (file, message) => {
    expect(refusalOf({ file })).toContain(message);
  });
});

test('a stage without a file fails with the stages that have one', () => {
  const folder = temporaryFolder();
  for (const stage of ['dev', 'production']) settingsOf({ folder, context: { stage } });
  const app = new RootConstruct();
  app.node.setContext('stage', 'prod');
  expect(() => readSettings(app, { folder, cli: {} })).toThrow(
    /There is no settings file .*prod\.json\. The stages in .* are "dev", "production"\. For a new stage, copy the file/,
  );
  app.node.setContext('stage', 'produktion');
  expect(() => readSettings(app, { folder, cli: {} })).toThrow('Did you mean the stage "production"?');
});

test.each([
  ['{ "data": "keep", }', 'config/production.json is not valid JSON: '],
  ['[]', 'config/production.json: the file must be an object of settings, in {}.'],
  [
    '{ "billing": { "paymentUrl": "https://a.test" }, "notifications": "off", "intake": { "auth": "iam" }, "billing": "off" }',
    'config/production.json has a name twice: Map keys must be unique at line 1, column',
  ],
])('a file with the text %s fails', (file, message) => {
  expect(refusalOf({ file })).toContain(message);
});

test('the app fails with one line about the error', () => {
  // WHEN
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [...sourceLoader, join(root, 'bin/order-once.ts')],
    {
      encoding: 'utf8',
      cwd: root,
      env: { CDK_OUTDIR: temporaryFolder(), CDK_CONTEXT_JSON: JSON.stringify({ stage: 'prod' }) },
    },
  );

  // THEN
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '',
    stderr:
      'There is no settings file config/prod.json. The stages in config are "dev", "local", "production". For a new stage, ' +
      'copy the file of another one.\n',
  });
});
