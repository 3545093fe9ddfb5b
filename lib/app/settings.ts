import { Duration, type Environment } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import { type PaymentSettings, readPayment } from './billing.ts';
import { check } from './check-setting.ts';
import { type IntakeAuth, readIntakeAuth } from './intake-authorization.ts';
import { type MailSettings, readMail } from './notifications.ts';

/** The settings of `cdk deploy -c name=value`. */
export interface Settings {
  /** @default OrderOnce */
  readonly stackName: string;
  /**
   * `account` and `region`. @default - those of the CLI's credentials; without credentials, the stack fits any
   * environment
   */
  readonly env: Environment;
  /** `production` keeps data when the stack is deleted; `dev` deletes it. @default production */
  readonly stage: Stage;
  /** Timeout of each consumer's function. Context: `functionTimeoutSeconds`. @default 30 seconds */
  readonly functionTimeout: Duration;
  /** Context: `paymentUrl`, `paymentKeyRetentionSeconds`. @default - nothing is charged */
  readonly payment?: PaymentSettings;
  /** Context: `mailFrom`, `mailDomain`. @default - nothing is mailed */
  readonly mail?: MailSettings;
  /**
   * How HTTP callers are authorized. Context: `intakeAuth` is `iam`, or `jwt` together with `jwtIssuer` and
   * `jwtAudience`.
   * @default iam
   */
  readonly intakeAuth: IntakeAuth;
}

const stages = ['production', 'dev'] as const;
export type Stage = (typeof stages)[number];

/**
 * Reads the settings from the context of `app`.
 *
 * @param cli Account and Region of the CLI's credentials.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function readSettings({ node }: { readonly node: Node }, cli = cliEnvironment()): Settings {
  const read = (name: string): string | undefined => {
    const value: unknown = node.tryGetContext(name);
    return value === undefined ? undefined : String(value);
  };
  const account = check('account', read('account') ?? cli.account, {
    valid: /^\d{12}$/,
    wanted: 'an AWS account id of 12 digits',
  });
  const region = check('region', read('region') ?? cli.region, {
    // Any name of a Region: the CDK may not know a new one yet.
    valid: /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/,
    wanted: 'an AWS region, "eu-central-1" for instance',
  });
  const stage = check('stage', read('stage') ?? 'production', {
    valid: new RegExp(`^(${stages.join('|')})$`),
    wanted: stages.map((stage) => `"${stage}"`).join(' or '),
  }) as Stage;
  const payment = readPayment(read, stage);
  const mail = readMail(read);
  return {
    env: { ...(account && { account }), ...(region && { region }) },
    stackName: check('stackName', read('stackName') ?? 'OrderOnce', {
      valid: /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
      wanted: 'a letter, then letters, digits and hyphens, at most 128 in all',
    }),
    stage,
    functionTimeout: Duration.seconds(
      Number(
        check('functionTimeoutSeconds', read('functionTimeoutSeconds') ?? '30', {
          valid: /^([1-9]|[1-9]\d|[1-8]\d\d|900)$/,
          wanted: 'a whole number of seconds from 1 to 900',
        }),
      ),
    ),
    ...(payment && { payment }),
    ...(mail && { mail }),
    intakeAuth: readIntakeAuth(read),
  };
}

/** Account and Region of the credentials of the CDK CLI. */
function cliEnvironment(): Environment {
  // biome-ignore lint/style/noProcessEnv: the one place where the application's environment enters.
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  return { ...(account && { account }), ...(region && { region }) };
}
