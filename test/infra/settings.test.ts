import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from 'aws-cdk-lib';
import { RootConstruct } from 'constructs';
import { ConfigurationError } from '../../contract/errors.ts';
import { readSettings } from '../../lib/app/settings.ts';
import { sourceLoader } from '../../system/source-loader.ts';
import { root, temporaryFolder } from './support.ts';

function settingsWith(context: Record<string, unknown>, cli: Environment = {}) {
  const app = new RootConstruct();
  for (const [name, value] of Object.entries(context)) app.node.setContext(name, value);
  return readSettings(app, cli);
}

describe('settings', () => {
  test('have defaults', () => {
    const { functionTimeout, ...settings } = settingsWith({});
    expect(settings).toEqual({
      stackName: 'OrderOnce',
      env: {},
      stage: 'production',
      intakeAuth: { kind: 'iam' },
    });
    expect(functionTimeout.toSeconds()).toBe(30);
  });

  test('come from the context, as text from the command line or as JSON from cdk.json', () => {
    const context = { stackName: 'Mine', account: '123456789012', region: 'eu-central-1', stage: 'dev' };
    for (const functionTimeoutSeconds of ['5', 5]) {
      const { functionTimeout, ...settings } = settingsWith({ ...context, functionTimeoutSeconds });
      expect(settings).toEqual({
        stackName: 'Mine',
        env: { account: '123456789012', region: 'eu-central-1' },
        stage: 'dev',
        intakeAuth: { kind: 'iam' },
      });
      expect(functionTimeout.toSeconds()).toBe(5);
    }
  });

  test.each([
    'eusc-de-east-1',
    'ap-southeast-10',
    'us-gov-east-1',
    'us-isob-east-1',
    'cn-north-1',
  ])('accept the Region %s from the context and from the credentials', (region) => {
    expect(settingsWith({ region }).env).toEqual({ region });
    expect(settingsWith({}, { account: '123456789012', region }).env).toMatchObject({ region });
  });

  test('use account and Region of the context, or else of the credentials', () => {
    const cli = { account: '111111111111', region: 'us-gov-west-1' };
    expect(settingsWith({}, cli).env).toEqual(cli);
    expect(settingsWith({ account: '222222222222' }, cli).env).toEqual({
      account: '222222222222',
      region: 'us-gov-west-1',
    });
  });

  test('of payments and mails are set if they are given', () => {
    const { payment, mail } = settingsWith({
      paymentUrl: 'https://pay.test/charges',
      mailFrom: 'orders@shop.test',
      mailDomain: 'customers.test',
    });
    expect(payment?.url).toBe('https://pay.test/charges');
    expect(payment?.keyRetention.toSeconds()).toBe(86_400);
    expect(mail).toEqual({ from: 'orders@shop.test', domain: 'customers.test' });
    const context = { paymentUrl: 'https://pay.test', paymentKeyRetentionSeconds: 3600 };
    expect(settingsWith(context).payment?.keyRetention.toSeconds()).toBe(3600);
  });

  test.each([
    ['http://localhost:8080/charges', 'production'],
    ['http://127.0.0.1:8080/charges', 'production'],
    ['http://[::1]:8080/charges', 'production'],
    ['http://pay.internal/charges', 'dev'],
  ])('accept %s for payments in %s', (paymentUrl, stage) => {
    expect(settingsWith({ paymentUrl, stage }).payment?.url).toBe(paymentUrl);
  });

  test.each([
    [
      { mailFrom: 'orders@shop.test' },
      'Context "mailFrom" is "orders@shop.test" and "mailDomain" is not set',
    ],
    [{ mailDomain: 'customers.test' }, 'Context "mailDomain" is "customers.test" and "mailFrom" is not set'],
  ])('fail with only %j', (context, message) => {
    expect(() => settingsWith(context)).toThrow(ConfigurationError);
    expect(() => settingsWith(context)).toThrow(message);
  });

  test.each([
    ['paymentUrl', 'pay.test/charges', 'an https URL'],
    ['paymentUrl', 'http://pay.test/charges', 'an http one only for this machine, or with -c stage=dev'],
    ['paymentUrl', 'http://localhost.pay.test/', 'an https URL'],
    ['paymentUrl', 'https://user:secret@pay.test/', 'without a user name'],
    ['paymentUrl', 'ftp://pay.test/', 'an https URL'],
    ['paymentKeyRetentionSeconds', '0', 'a whole number of seconds'],
    ['paymentKeyRetentionSeconds', '7', 'from 10 to 31536000'],
    ['paymentKeyRetentionSeconds', '86400000', 'from 10 to 31536000'],
    ['paymentKeyRetentionSeconds', '24h', 'a whole number of seconds'],
    ['mailFrom', 'Shop <orders@shop.test>', 'the bare address'],
    ['mailFrom', 'shop.test', 'the bare address'],
    ['mailDomain', 'orders@shop.test', 'a domain'],
    ['mailDomain', 'localhost', 'a domain'],
    ['stackName', '1st', 'a letter'],
    ['stackName', 'my stack', 'letters, digits and hyphens'],
    ['account', '1234', '12 digits'],
    ['region', 'mars', '"eu-central-1" for instance'],
    ['stage', 'prod', '"production" or "dev"'],
    ['functionTimeoutSeconds', '0', 'from 1 to 900'],
    ['functionTimeoutSeconds', '901', 'from 1 to 900'],
    ['functionTimeoutSeconds', '1.5', 'a whole number'],
    ['functionTimeoutSeconds', 'soon', 'a whole number'],
    ['functionTimeoutSeconds', '', 'a whole number'],
    ['intakeAuth', 'none', '"iam" or "jwt"'],
    ['jwtIssuer', 'http://issuer.example', 'the https URL'],
    ['jwtAudience', '', 'the audience'],
  ])('fail if %s is "%s"', (name, value, wanted) => {
    const read = () => settingsWith({ [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(`Context "${name}" is "${value}"; it must be `);
    expect(read).toThrow(wanted);
  });
});

describe('the authorization of the intake', () => {
  const jwtIssuer = 'https://issuer.example/pool';
  const jwtAudience = 'shop';

  test('uses tokens if the context names an issuer', () => {
    expect(settingsWith({ intakeAuth: 'jwt', jwtIssuer, jwtAudience }).intakeAuth).toEqual({
      kind: 'jwt',
      issuer: jwtIssuer,
      audience: jwtAudience,
    });
  });

  test.each([
    [{ intakeAuth: 'jwt' }, '"jwt" without "jwtIssuer" and "jwtAudience"; give'],
    [{ intakeAuth: 'jwt', jwtIssuer }, '"jwt" without "jwtAudience"; give'],
    [{ intakeAuth: 'jwt', jwtAudience }, '"jwt" without "jwtIssuer"; give'],
    [{ jwtIssuer }, '"iam" beside "jwtIssuer"; give'],
    [{ intakeAuth: 'iam', jwtIssuer, jwtAudience }, '"iam" beside "jwtIssuer" and "jwtAudience"; give'],
  ])('fails if the context is %j', (context, message) => {
    const read = () => settingsWith(context);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(message);
    expect(read).toThrow('-c intakeAuth=jwt');
  });
});

test('the app fails with one line about the error', () => {
  // WHEN
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [...sourceLoader, join(root, 'bin/order-once.ts')],
    {
      encoding: 'utf8',
      env: { CDK_OUTDIR: temporaryFolder(), CDK_CONTEXT_JSON: JSON.stringify({ stage: 'prod' }) },
    },
  );

  // THEN
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '',
    stderr:
      'Context "stage" is "prod"; it must be "production" or "dev". Give it with -c stage=..., or in cdk.json.\n',
  });
});
