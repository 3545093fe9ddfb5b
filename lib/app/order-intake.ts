import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames } from '../../contract/environment.ts';
import type { EventTopic } from '../event-topic.ts';
import { nodeFunction } from '../functions/node-function.ts';
import { physicalName } from '../names.ts';
import type { RecordTable } from '../record-table.ts';
import { authorizerOf, type IntakeAuth } from './intake-authorization.ts';

export interface OrderIntakeProps {
  /** Where the orders' events go. */
  readonly topic: EventTopic;
  /** Where the intake keeps what it answered, beside the consumers' records and for as long. */
  readonly records: RecordTable;
  readonly auth: IntakeAuth;
  /** What becomes of the logs when their stack is deleted. @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Requests a second, and at once on top. An account has 10,000 by default (AWS: "Quotas for API Gateway"); more than
 * this a new account's 1,000 functions at once would not take anyway.
 */
const throttle = { rateLimit: 500, burstLimit: 1000 };

/**
 * `POST /orders` on an HTTP API, authorized, throttled and logged, and the function behind it, which publishes each
 * order once per caller and Idempotency-Key.
 */
export class OrderIntake extends Construct {
  readonly handler: LambdaFunction;
  /** Where orders are posted to. */
  readonly url: string;

  /** @throws ConfigurationError where a name gets longer than AWS takes. */
  constructor(scope: Construct, id: string, props: OrderIntakeProps) {
    super(scope, id);
    const { topic, records, auth, removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE } = props;

    this.handler = nodeFunction(this, {
      functionName: physicalName(scope, id, 'function'),
      entry: join(import.meta.dirname, '../../lambda/intake.ts'),
      // API Gateway answers 503 after 30 s, whatever the function still does.
      timeout: Duration.seconds(28),
      memorySize: 512,
      removalPolicy,
    });
    records.grantIntake(this.handler);
    topic.grantPublish(this.handler);
    this.handler.addEnvironment(environmentNames.topicArn, topic.topicArn);

    const api = new HttpApi(this, 'Api', {
      apiName: physicalName(scope, id, 'api'),
      createDefaultStage: false,
    });
    api.addRoutes({
      path: '/orders',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Function', this.handler),
      authorizer: authorizerOf(auth),
    });
    const logGroup = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/apigateway/${physicalName(scope, id, 'api')}`,
      retention: RetentionDays.TWO_MONTHS,
      removalPolicy,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(accessLog),
      },
    });
    this.url = `${api.apiEndpoint}/orders`;
  }
}

/** No header and no body: a key may be a secret, and an order is a customer's. */
const accessLog = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
});
