import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { customersTable } from '../../contract/orders/order-tables.ts';
import { anyJump, shopVariables } from '../../contract/orders/shop-variables.ts';
import type { DataTable } from '../data-table.ts';
import type { EncryptionKeyProps } from '../encryption/encryption-key.ts';
import type { EventTopic } from '../event-topic.ts';
import { nodeFunction } from '../functions/node-function.ts';
import { givenName, physicalName } from '../names.ts';
import type { RecordTable } from '../record-table.ts';
import { allowAlarms } from '../watching/alarm-topic.ts';
import { type AlarmTargets, createAlarm } from '../watching/create-alarm.ts';
import { hasAlarms } from '../watching/watch-consumer.ts';
import { authorizationOf, type IntakeAuth, principalOf } from './intake-authorization.ts';
import type { IntakeSettings } from './intake-settings.ts';

export interface OrderIntakeProps extends AlarmTargets, EncryptionKeyProps {
  /** The topic for the orders' events. */
  readonly topic: EventTopic;
  /** The table that keeps the intake's answers, for as long as the consumers' records. */
  readonly records: RecordTable;
  /** The table with the last applied sequence of each account. */
  readonly customers: DataTable;
  readonly settings: IntakeSettings;
  /** Name of the function; log groups are named after it. @default - names of CloudFormation's */
  readonly physicalName?: string;
  /** Whether there is an alarm on the intake's own failures. @default true */
  readonly alarms?: boolean;
  /**
   * What happens to the log groups when the stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: they stay. If the deployment that creates them fails, they are
   *   deleted.
   */
  readonly removalPolicy?: RemovalPolicy;
  /** How long CloudWatch keeps the log of the function and the access log. */
  readonly logRetention: RetentionDays;
}

/**
 * Limits in requests a second, and in requests at once. An account has 10,000 a second by default (AWS: "Quotas for API
 * Gateway"). A higher limit would not help a new account, which runs at most 1,000 functions at once.
 */
const throttle = { rateLimit: 500, burstLimit: 1000 };

/**
 * `POST /orders` on an HTTP API with authorization, throttling and access logs. Its function publishes each order once
 * per caller and Idempotency-Key.
 */
export class OrderIntake extends Construct {
  readonly handler: LambdaFunction;
  /** URL to which orders are posted. */
  readonly url: string;

  /** @throws ConfigurationError if a name would be longer than AWS accepts. */
  constructor(scope: Construct, id: string, props: OrderIntakeProps) {
    super(scope, id);
    const {
      topic,
      records,
      settings,
      logRetention,
      encryptionKey,
      keyPolicyIsMine,
      physicalName: name,
      removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    } = props;

    this.handler = nodeFunction(this, {
      ...(name === undefined ? {} : { functionName: givenName(this, 'physicalName', 'function', name) }),
      entry: join(import.meta.dirname, '../../lambda/intake.ts'),
      // API Gateway answers 503 after 30 s, even if the function is still running.
      timeout: Duration.seconds(28),
      memorySize: 512,
      removalPolicy,
      logRetention,
      encryptionKey,
      keyPolicyIsMine,
    });
    records.grantIntake(this.handler);
    topic.grantPublish(this.handler);
    this.handler.addEnvironment(shopVariables.topicArn, topic.topicArn);
    this.handler.addEnvironment(shopVariables.maxEventSize, String(topic.maxEventSize));
    if (settings.auth === 'jwt') {
      this.handler.addEnvironment(shopVariables.jwtAccountClaim, settings.jwtAccountClaim);
    }
    this.#boundSequences(props);

    const api = new HttpApi(this, 'Api', {
      // A title: APIs of one account may share it.
      apiName: physicalName(scope, id, 'api'),
      createDefaultStage: false,
    });
    api.addRoutes({
      path: '/orders',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Function', this.handler),
      ...authorizationOf(settings),
    });
    const logGroup = new LogGroup(this, 'AccessLogs', {
      ...(name === undefined ? {} : { logGroupName: `/aws/apigateway/${name}` }),
      retention: logRetention,
      removalPolicy,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(accessLogOf(settings)),
      },
    });
    this.url = `${api.apiEndpoint}/orders`;
    if (props.alarms !== false && hasAlarms(this)) this.#watch(api, props);
  }

  /**
   * Lets the function read the last applied sequence of an account, and no other attribute of the table. The condition is
   * that of the IAM User Guide, "Amazon DynamoDB: Allows access to specific attributes".
   */
  #boundSequences({ customers, settings: { maxSequenceJump = 1_000_000 } }: OrderIntakeProps): void {
    this.handler.addEnvironment(shopVariables.maxSequenceJump, String(maxSequenceJump));
    if (maxSequenceJump === anyJump) return;
    this.handler.addEnvironment(shopVariables.customersTable, customers.tableName);
    customers.encryptionKey?.grantDecrypt(this.handler);
    this.handler.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem'],
        resources: [customers.tableArn],
        conditions: {
          'ForAllValues:StringEquals': {
            'dynamodb:Attributes': [customersTable.key, customersTable.sequence],
          },
          StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        },
      }),
    );
  }

  /** A short outage passes, because callers send their order again; two of three periods of it do not. */
  #watch(api: HttpApi, targets: AlarmTargets): void {
    if (targets.alarmTopic !== undefined) allowAlarms(this, targets.alarmTopic);
    const alarm = {
      name: 'IntakeErrors',
      subject: 'Intake',
      severity: 'warning',
      meaning: 'The intake cannot accept orders: it answers with errors of its own (5xx).',
      metric: api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
      periods: 3,
      least: 2,
    } as const;
    createAlarm(this, alarm.name, alarm, targets);
  }
}

/** Without headers and bodies, because a key can be a secret and an order is personal data. */
function accessLogOf(auth: IntakeAuth): string {
  return JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    ...principalOf(auth),
    route: '$context.routeKey',
    status: '$context.status',
    latencyMs: '$context.responseLatency',
    error: '$context.error.message',
    integrationError: '$context.integrationErrorMessage',
  });
}
