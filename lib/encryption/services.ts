import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { allowUse, type GivenKey } from './encryption-key.ts';

/**
 * Lets SNS use the key of a consumer's queues (AWS: "Configuring Amazon SNS to deliver to an encrypted queue").
 *
 * The statement names the topic's account instead of the topic. If the key also encrypts the topic, a statement with
 * the topic's ARN would make key and topic depend on each other.
 */
export function allowSns(consumer: Construct, key: GivenKey, topic: ITopic): void {
  const statement = {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    principals: [new ServicePrincipal('sns.amazonaws.com')],
    conditions: { StringEquals: { 'aws:SourceAccount': topic.env.account } },
  };
  allowUse(consumer, key, statement, 'SNS could not deliver to the queue, and events would be lost');
}

/**
 * Lets CloudWatch use the key of log groups (AWS: "Encrypt log data in CloudWatch Logs using AWS Key Management
 * Service"). The statement names all log groups of the account and Region, for the same reason. The page's statement also
 * has `kms:Describe*`, but requests of that action have no encryption context.
 */
export function allowLogs(construct: Construct, key: GivenKey): void {
  const { partition, region, account, urlSuffix } = Stack.of(construct);
  const logGroups = `arn:${partition}:logs:${region}:${account}:*`;
  const statement = {
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
    // One of the few principals with a Region and, in China, another suffix.
    principals: [ServicePrincipal.fromStaticServicePrincipleName(`logs.${region}.${urlSuffix}`)],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  };
  allowUse(construct, key, statement, 'CloudWatch could not create the log group');
}
