import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../contract/errors.ts';

/**
 * Lets SNS use the key of a queue of its subscription (AWS: "Configuring Amazon SNS to deliver to an encrypted queue").
 *
 * The statement names the topic's account instead of the topic. If the key also encrypts the topic, a statement with
 * the topic's ARN would make key and topic depend on each other.
 *
 * @throws ConfigurationError for an imported key, whose policy the CDK cannot change, unless `policyIsMine`.
 */
export function allowSns(
  consumer: Construct,
  key: IKey,
  { topic, policyIsMine = false }: { readonly topic: ITopic; readonly policyIsMine?: boolean | undefined },
): void {
  if (policyIsMine) return;
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': topic.env.account } },
    }),
    true,
  );
  if (statementAdded) return;
  throw new ConfigurationError(
    `encryptionKey of "${consumer.node.path}" is an imported key, whose policy the CDK cannot change: SNS could not ` +
      'deliver to the queue, and events would be lost. Let sns.amazonaws.com use it (kms:Decrypt, kms:GenerateDataKey), ' +
      'then set "keyPolicyIsMine: true".',
  );
}
