import type { Call } from './aws-endpoint.ts';
import { account, arnOfQueue, type DeployedTemplate, region } from './deployed-template.ts';

/** A question that AWS asks IAM. */
export interface IamRequest {
  /** The ARN of a role's session, or the name of a service. */
  readonly principal: string;
  /** `sqs:SendMessage` for instance. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** Values of condition keys. */
  readonly context: Readonly<Record<string, string | string[]>>;
}

type Asked = Omit<IamRequest, 'principal'>;

/** SQS checks the action of the single request for each entry of a batch. */
const queueActions: Readonly<Record<string, string>> = {
  SendMessage: 'sqs:SendMessage',
  ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
  DeleteMessageBatch: 'sqs:DeleteMessage',
};

/** What AWS asks IAM for a call of a function. A call of the payment provider asks nothing. */
export function iamRequestsOf(call: Call, template: DeployedTemplate): Asked[] {
  switch (call.service) {
    case 'dynamodb':
      return ofTables(call, template);
    case 'sqs': {
      const action = queueActions[call.operation];
      if (action === undefined) throw new Error(`The action of ${call.operation} is not known here`);
      const queue = arnOfQueue(call.input.QueueUrl);
      return [ofResource(action, queue), ...(action === 'sqs:SendMessage' ? toEncrypt(queue, template) : [])];
    }
    case 'sns':
      return [ofResource('sns:Publish', call.input.TopicArn), ...toEncrypt(call.input.TopicArn, template)];
    case 'secretsmanager':
      return [ofResource(`secretsmanager:${call.operation}`, call.input.SecretId)];
    case 'ses':
      return ofMail(call);
    default:
      return [];
  }
}

export function ofResource(action: string, resource: string, context: Asked['context'] = {}): Asked {
  return { action, resource, context };
}

/**
 * A sender needs the key of an encrypted queue or topic (AWS: "Amazon SQS key management", "Key management in Amazon SNS",
 * permissions of publishers and producers).
 */
export function toEncrypt(arn: string, template: DeployedTemplate): Asked[] {
  return useOfKey(['kms:GenerateDataKey', 'kms:Decrypt'], arn, template);
}

/**
 * Who reads or writes an encrypted table needs its key (AWS: "DynamoDB encryption at rest", authorizing use of a customer
 * managed key). DynamoDB asks KMS in the caller's name.
 */
function toUseTable(arn: string, template: DeployedTemplate): Asked[] {
  const actions = ['Decrypt', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];
  return useOfKey(
    actions.map((action) => `kms:${action}`),
    arn,
    template,
  );
}

/** A receiver needs the key of an encrypted queue (AWS: "Amazon SQS key management"). */
export function toDecrypt(arn: string, template: DeployedTemplate): Asked[] {
  return useOfKey(['kms:Decrypt'], arn, template);
}

export function useOfKey(actions: readonly string[], arn: string, template: DeployedTemplate): Asked[] {
  const key = template.keyOf(arn);
  const [, , service] = arn.split(':');
  const context = { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'kms:CallerAccount': account };
  return key === undefined ? [] : actions.map((action) => ofResource(action, key, context));
}

/**
 * IAM knows no action of a transaction: AWS checks the action of each write in it (Amazon DynamoDB Developer Guide, "Using
 * IAM with DynamoDB transactions"). The condition keys are in "Using IAM policy conditions for fine-grained access control".
 */
function ofTables({ operation, input }: Call, template: DeployedTemplate): Asked[] {
  if (operation !== 'TransactWriteItems') return withKey([ofTable(operation, input, template)], template);
  const enclosing = { 'dynamodb:EnclosingOperation': operation };
  const writes: Asked[] = input.TransactItems.flatMap((item: object) =>
    Object.entries(item).map(([kind, write]) => {
      const { context, ...asked } = ofTable(
        kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`,
        write,
        template,
      );
      return { ...asked, context: { ...context, ...enclosing } };
    }),
  );
  return withKey(writes, template);
}

function withKey(requests: readonly Asked[], template: DeployedTemplate): Asked[] {
  const tables = new Set(requests.map(({ resource }) => resource));
  return [...requests, ...[...tables].flatMap((table) => toUseTable(table, template))];
}

function ofTable(operation: string, input: Call['input'], template: DeployedTemplate): Asked {
  const { TableName, Key, Item, ExpressionAttributeNames = {}, ReturnValues, ProjectionExpression } = input;
  const [logicalId, { KeySchema }] =
    template.ofType('AWS::DynamoDB::Table').find(([id]) => id === TableName) ?? [];
  if (logicalId === undefined) throw new Error(`The template has no table ${TableName}`);
  const { AttributeName: partitionKey } = KeySchema.find(
    ({ KeyType }: { KeyType: string }) => KeyType === 'HASH',
  );
  const [leading] = Object.values((Key ?? Item)[partitionKey]);
  const attributes = new Set([
    ...Object.keys(Key ?? Item),
    ...Object.values<string>(ExpressionAttributeNames),
  ]);
  return ofResource(`dynamodb:${operation}`, template.arnOf(logicalId), {
    'dynamodb:LeadingKeys': [String(leading)],
    'dynamodb:Attributes': [...attributes],
    ...(ProjectionExpression === undefined ? {} : { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' }),
    ...(ReturnValues === undefined ? {} : { 'dynamodb:ReturnValues': ReturnValues }),
  });
}

/**
 * SES checks the identity that verifies the sender, which may be the address, its domain or a parent domain, and the
 * identity's default configuration set. For a mail with a template it also checks the action of version 1 of its API.
 */
function ofMail({ input }: Call): Asked[] {
  const { FromEmailAddress: from, Content } = input;
  const labels = from.slice(from.indexOf('@') + 1).split('.');
  const identities = [
    from,
    ...labels.slice(0, -1).map((_: string, at: number) => labels.slice(at).join('.')),
  ];
  const resources = [...identities.map((name) => `identity/${name}`), 'configuration-set/default'];
  const actions = ['ses:SendEmail', ...(Content.Template === undefined ? [] : ['ses:SendTemplatedEmail'])];
  return resources.flatMap((resource) =>
    actions.map((action) =>
      ofResource(action, `arn:aws:ses:${region}:${account}:${resource}`, { 'ses:FromAddress': from }),
    ),
  );
}
