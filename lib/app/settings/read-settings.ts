import { join, resolve } from 'node:path';
import { Duration, type Environment } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import * as v from 'valibot';
import { ConfigurationError } from '../../../contract/errors.ts';
import { maxEventSizes, wantedMaxEventSize } from '../../../contract/event/event-size.ts';
import { type LogMessageGroups, logMessageGroups } from '../../../contract/reporting/log-message-group.ts';
import { isLogRetention, wantedLogRetention } from '../../rules/check-log-retention.ts';
import { type PaymentSettings, paymentSettings } from '../billing.ts';
import { type IntakeSettings, intakeSettings } from '../intake-settings.ts';
import { type MailSettings, mailSettings } from '../notifications.ts';
import { production, readContext } from './context.ts';
import { readSettingsFile, shownPath } from './settings-file.ts';
import { offOr, settingsObject, text, wholeNumber } from './settings-schema.ts';

/** The settings of one stage. */
export interface Settings {
  /** `OrderOnce`, or `OrderOnce-NAME` with `-c stage=NAME`. */
  readonly stackName: string;
  /**
   * `account` and `region`. @default - those of the CLI's credentials; without credentials, the stack fits any
   * environment
   */
  readonly env: Environment;
  /** Whether CloudFormation refuses to delete the stack. True wherever data is kept, so in production always. */
  readonly terminationProtection: boolean;
  /** What becomes of tables, queues and logs when the stack is deleted. @default keep */
  readonly data: 'keep' | 'delete';
  /** Timeout of each consumer's function. @default 30 seconds */
  readonly functionTimeout: Duration;
  /** How long a dependency may be down before messages go to a dead-letter queue. @default - that of the construct */
  readonly toleratedOutage?: Duration;
  /**
   * `fixed` names functions, queues and log groups after the stack, for emulators that find a function's log by its name
   * alone. Only with `data` `delete`, because names of resources that stay block the next deployment.
   * @default generated
   */
  readonly physicalNames: 'generated' | 'fixed';
  /** How long CloudWatch keeps logs. @default - a year where data is kept, so in production; otherwise two months */
  readonly logRetention?: RetentionDays;
  /** What log lines say of a message group: a keyed hash of it, or the group itself. @default hashed */
  readonly logMessageGroups: LogMessageGroups;
  /** Whether the stack has alarms. @default - true where data is kept, so in production */
  readonly alarms: boolean;
  /** ARN of the topic to which alarms report. @default - they have no actions */
  readonly alarmTopicArn?: string;
  /**
   * ARN of the key that encrypts topic, queues, tables, logs and environments. Its policy is that of docs/deploy.md.
   * @default - keys of AWS
   */
  readonly encryptionKeyArn?: string;
  /** Bytes of an event with its attributes that topic and intake accept. @default - 256 KiB */
  readonly maxEventSize?: number;
  readonly billing: PaymentSettings | 'off';
  readonly notifications: MailSettings | 'off';
  /** Who may send orders over HTTP, and which. */
  readonly intake: IntakeSettings;
}

export interface SettingsSource {
  /** Folder of the settings files. @default - `config/` of this repository */
  readonly folder?: string;
  /** Account and Region of the CLI's credentials. */
  readonly cli?: Environment;
}

const file = settingsObject({
  account: v.optional(text(/^\d{12}$/, 'an AWS account id of 12 digits, in quotes')),
  // Any name of a Region: the CDK may not know a new one yet.
  region: v.optional(text(/^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/, 'an AWS region, "eu-central-1" for instance')),
  data: v.optional(
    v.picklist(['keep', 'delete'], '"keep" or "delete": what becomes of data when the stack is deleted'),
    'keep',
  ),
  physicalNames: v.optional(v.picklist(['generated', 'fixed'], '"generated" or "fixed"'), 'generated'),
  functionTimeoutSeconds: v.optional(wholeNumber(1, 900, 'a whole number of seconds from 1 to 900'), 30),
  toleratedOutageSeconds: v.optional(
    wholeNumber(0, 1_209_600, 'a whole number of seconds from 0 to 1209600: an outage that messages survive'),
  ),
  logRetentionDays: v.optional(
    v.custom<RetentionDays>(isLogRetention, ({ input }) => wantedLogRetention(input)),
  ),
  logMessageGroups: v.optional(
    v.picklist(logMessageGroups, '"hashed" or "plain": what log lines say of a message group'),
    'hashed',
  ),
  alarms: v.optional(v.picklist(['on', 'off'], '"on" or "off"')),
  alarmTopicArn: v.optional(
    text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
      'the ARN of a standard topic, "arn:aws:sns:eu-central-1:123456789012:alarms" for instance: CloudWatch cannot publish ' +
        'to a FIFO topic',
    ),
  ),
  encryptionKeyArn: v.optional(
    text(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
      'the ARN of a key, "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" for instance, and ' +
        'not of an alias',
    ),
  ),
  maxEventSizeBytes: v.optional(wholeNumber(maxEventSizes.least, maxEventSizes.most, wantedMaxEventSize)),
  keyPolicyIsMine: v.optional(v.boolean('true or false'), false),
  billing: offOr(
    paymentSettings,
    '"off", which removes the consumer if it is deployed, or { "paymentUrl": "<URL>" }',
  ),
  notifications: offOr(
    mailSettings,
    '"off", which removes the consumer if it is deployed, or { "mailFrom": "<address>", "mailDomain": "<domain>" }',
  ),
  intake: intakeSettings,
});

/**
 * Reads the settings of the stage that the context of `app` names: `config/NAME.json` for `-c stage=NAME`, and
 * `config/production.json` without a stage. `-c settings=FILE` names another file for a stage.
 *
 * @throws ConfigurationError that names the file, the setting, its value and the valid values.
 */
export function readSettings(
  { node }: { readonly node: Node },
  { folder = join(import.meta.dirname, '../../../config'), cli = cliEnvironment() }: SettingsSource = {},
): Settings {
  const chosen = readContext(node);
  const { stage } = chosen;
  const path = chosen.settings === undefined ? join(folder, `${stage}.json`) : resolve(chosen.settings);
  const {
    account = cli.account,
    region = cli.region,
    functionTimeoutSeconds,
    toleratedOutageSeconds,
    logRetentionDays,
    alarms,
    alarmTopicArn,
    encryptionKeyArn,
    keyPolicyIsMine,
    maxEventSizeBytes,
    ...settings
  } = readSettingsFile(path, file);
  if (stage === production && settings.data !== 'keep') {
    throw new ConfigurationError(
      `${shownPath(path)}: "data" is "${settings.data}", and production keeps its data. Use another stage for data that may go: ` +
        '-c stage=NAME reads config/NAME.json.',
    );
  }
  if (settings.physicalNames === 'fixed' && settings.data === 'keep') {
    throw new ConfigurationError(
      `${shownPath(path)}: "physicalNames" is "fixed", and "data" is "keep": what stays after a deletion would block the next ` +
        'deployment by its name, and a later change of the names would replace tables and queues. Leave out "physicalNames".',
    );
  }
  if (encryptionKeyArn !== undefined && !keyPolicyIsMine) {
    throw new ConfigurationError(
      `${shownPath(path)}: "encryptionKeyArn" is the ARN of a key whose policy a deployment does not change: without the ` +
        'right policy, SNS could not deliver, and events would be lost. Give the key the policy of docs/deploy.md, "A key of ' +
        'your own", and write "keyPolicyIsMine": true beside it.',
    );
  }
  return {
    ...settings,
    stackName: stage === production ? 'OrderOnce' : `OrderOnce-${stage}`,
    env: { ...(account && { account }), ...(region && { region }) },
    terminationProtection: settings.data === 'keep',
    alarms: alarms === undefined ? settings.data === 'keep' : alarms === 'on',
    ...(logRetentionDays === undefined ? {} : { logRetention: logRetentionDays }),
    ...(alarmTopicArn === undefined ? {} : { alarmTopicArn }),
    ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }),
    ...(maxEventSizeBytes === undefined ? {} : { maxEventSize: maxEventSizeBytes }),
    functionTimeout: Duration.seconds(functionTimeoutSeconds),
    ...(toleratedOutageSeconds === undefined
      ? {}
      : { toleratedOutage: Duration.seconds(toleratedOutageSeconds) }),
  };
}

/** Account and Region of the credentials of the CDK CLI. */
function cliEnvironment(): Environment {
  // biome-ignore lint/style/noProcessEnv: the one place where the application's environment enters.
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  return { ...(account && { account }), ...(region && { region }) };
}
