import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../contract/errors.ts';
import { renderedProperties } from '../rendered-properties.ts';
import { isImported } from '../rules/check-fifo-topic.ts';

/**
 * Lets CloudWatch publish alarms to a topic. A topic with a policy of its own, for example one with `enforceSSL`, would
 * otherwise refuse them. An imported topic keeps its policy, and so does an imported key.
 *
 * Synthesis fails for a topic that is encrypted under `alias/aws/sns`.
 *
 * @throws ConfigurationError for a FIFO topic.
 */
export function allowAlarms(consumer: Construct, alarmTopic: ITopic): void {
  if (alarmTopic.fifo) {
    throw new ConfigurationError(
      `alarmTopic of "${consumer.node.path}" is a FIFO topic, to which CloudWatch cannot publish: no alarm would reach ` +
        'anybody. Give a standard topic.',
    );
  }
  if (isImported(alarmTopic)) return;
  consumer.node.addValidation({ validate: () => problemsOfKey(alarmTopic) });
  const fromAlarms = {
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(consumer).account } },
  };
  alarmTopic.addToResourcePolicy(
    new PolicyStatement({ ...fromAlarms, actions: ['sns:Publish'], resources: [alarmTopic.topicArn] }),
  );
  alarmTopic.masterKey?.addToResourcePolicy(
    new PolicyStatement({
      ...fromAlarms,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }),
    true,
  );
}

/**
 * Nobody can change the policy of the AWS managed key, and it does not let CloudWatch use it (Amazon SNS Developer Guide,
 * "Enable compatibility between event sources from AWS services and encrypted topics").
 */
function problemsOfKey(alarmTopic: ITopic): string[] {
  const key = JSON.stringify(renderedProperties(alarmTopic).KmsMasterKeyId ?? '');
  if (!key.includes('alias/aws/sns')) return [];
  return [
    `alarmTopic "${alarmTopic.node.path}" is encrypted under alias/aws/sns, which CloudWatch cannot use: no alarm would ` +
      'reach anybody. Give it a "masterKey" of your own, or leave its encryption out.',
  ];
}
