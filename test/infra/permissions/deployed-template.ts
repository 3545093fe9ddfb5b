import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Resource } from '../support.ts';

/** Where the template is deployed to. */
export const account = '111111111111';
export const region = 'eu-west-1';

// biome-ignore lint/suspicious/noExplicitAny: a template has no types.
type Json = any;

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Json[];
}

/** Services that name their resources in the ARN as it is. */
const services: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'sqs:NAME',
  'AWS::SNS::Topic': 'sns:NAME',
  'AWS::DynamoDB::Table': 'dynamodb:table/NAME',
  'AWS::Lambda::Function': 'lambda:function:NAME',
  'AWS::Logs::LogGroup': 'logs:log-group:NAME:*',
  'AWS::KMS::Key': 'kms:key/NAME',
  'AWS::IAM::Role': 'iam:role/NAME',
};

/** A stack's template, with the names, URLs and ARNs that CloudFormation would give to its resources. */
export class DeployedTemplate {
  readonly #resources: Readonly<Record<string, Resource>>;

  readonly #imported: Readonly<Record<string, PolicyDocument>>;

  /** @param imported Policies of resources that are not in the template, by their ARNs. */
  constructor(stack: Stack, imported: Readonly<Record<string, PolicyDocument>> = {}) {
    this.#resources = Template.fromStack(stack).toJSON().Resources;
    this.#imported = imported;
  }

  /** The resources of a type by their logical ids, with every reference resolved. */
  ofType(type: string): [logicalId: string, properties: Json][] {
    return Object.entries(this.#resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, { Properties }]) => [id, this.#resolve(Properties)]);
  }

  arnOf(logicalId: string): string {
    const [service, ...rest] = (services[this.#typeOf(logicalId)] ?? '').split(':');
    if (!service) throw new Error(`The ARN of a ${this.#typeOf(logicalId)} is not known here`);
    const name = rest.join(':').replace('NAME', this.#nameOf(logicalId));
    return `arn:aws:${service}:${service === 'iam' ? '' : region}:${account}:${name}`;
  }

  /** The policies of a role. */
  policiesOf(roleArn: string): PolicyDocument[] {
    const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    return this.ofType('AWS::IAM::Policy')
      .filter(([, { Roles }]) => Roles.includes(roleName))
      .map(([, { PolicyDocument }]) => PolicyDocument);
  }

  /** The policy of a queue, topic, key or function; `undefined` without one. */
  resourcePolicyOf(arn: string): PolicyDocument | undefined {
    const of = (type: string, names: string) =>
      this.ofType(type)
        .filter(([, properties]) => properties[names].some((one: string) => this.#arnBehind(one) === arn))
        .flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement);
    const ofKeys = this.ofType('AWS::KMS::Key')
      .filter(([id]) => this.arnOf(id) === arn)
      .flatMap(([, { KeyPolicy }]) => KeyPolicy.Statement);
    const ofFunctions = this.ofType('AWS::Lambda::Permission')
      .filter(([, { FunctionName }]) => FunctionName === arn)
      .map(([, permission]) => statementOf(permission));
    const statements = [
      ...of('AWS::SQS::QueuePolicy', 'Queues'),
      ...of('AWS::SNS::TopicPolicy', 'Topics'),
      ...ofKeys,
      ...ofFunctions,
      ...(this.#imported[arn]?.Statement ?? []),
    ];
    return statements.length === 0 ? undefined : { Version: '2012-10-17', Statement: statements };
  }

  /** The resources that have a policy, by their ARNs. */
  guarded(): [arn: string, policy: PolicyDocument][] {
    const own = Object.keys(this.#resources)
      .filter((id) => this.#isKnown(id))
      .map((id) => this.arnOf(id));
    return [...own, ...Object.keys(this.#imported)].flatMap((arn) => {
      const policy = this.resourcePolicyOf(arn);
      return policy === undefined ? [] : [[arn, policy] as [string, PolicyDocument]];
    });
  }

  /** The ARN of the customer managed key that encrypts a queue, a topic or a table; `undefined` without one. */
  keyOf(arn: string): string | undefined {
    const logicalId = Object.keys(this.#resources).find((id) => this.#isKnown(id) && this.arnOf(id) === arn);
    const properties = this.#resolve(this.#resources[logicalId ?? '']?.Properties ?? {});
    const key = properties.KmsMasterKeyId ?? properties.SSESpecification?.KMSMasterKeyId;
    return key?.startsWith('arn:') ? key : undefined;
  }

  #isKnown(logicalId: string): boolean {
    return services[this.#typeOf(logicalId)] !== undefined;
  }

  /** The ARN of a resource that is given by its ARN, or by a queue's URL. */
  #arnBehind(urlOrArn: string): string {
    return urlOrArn.startsWith('https:') ? arnOfQueue(urlOrArn) : urlOrArn;
  }

  #typeOf(logicalId: string): string {
    const resource = this.#resources[logicalId];
    if (resource === undefined) throw new Error(`The template has no resource ${logicalId}`);
    return resource.Type;
  }

  #nameOf(logicalId: string): string {
    const { Properties = {} } = this.#resources[logicalId] ?? {};
    return Properties.TopicName ?? (Properties.FifoQueue === true ? `${logicalId}.fifo` : logicalId);
  }

  #ref(name: string): string {
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::Partition': 'aws',
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/Any/00000000-0000-0000-0000-000000000000`,
    };
    if (pseudo[name] !== undefined) return pseudo[name];
    switch (this.#typeOf(name)) {
      case 'AWS::SQS::Queue':
        return `https://sqs.${region}.amazonaws.com/${account}/${this.#nameOf(name)}`;
      case 'AWS::SNS::Topic':
        return this.arnOf(name);
      default:
        return this.#nameOf(name);
    }
  }

  #attribute(logicalId: string, attribute: string): string {
    return attribute === 'Arn' || attribute === 'TopicArn'
      ? this.arnOf(logicalId)
      : `${logicalId}.${attribute}`;
  }

  #resolve(value: Json): Json {
    if (Array.isArray(value)) return value.map((one) => this.#resolve(one));
    if (typeof value !== 'object' || value === null) return value;
    const {
      Ref,
      'Fn::GetAtt': attribute,
      'Fn::Join': join,
      'Fn::Select': select,
      'Fn::Split': split,
    } = value;
    if (Ref !== undefined) return this.#ref(Ref);
    if (attribute !== undefined) return this.#attribute(attribute[0], attribute[1]);
    if (join !== undefined) return this.#resolve(join[1]).join(join[0]);
    if (select !== undefined) return this.#resolve(select[1])[Number(select[0])];
    if (split !== undefined) return this.#resolve(split[1]).split(split[0]);
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#resolve(one)]));
  }
}

/** `https://sqs.eu-west-1.amazonaws.com/111111111111/orders.fifo` has this ARN. */
export function arnOfQueue(url: string): string {
  return `arn:aws:sqs:${region}:${account}:${url.slice(url.lastIndexOf('/') + 1)}`;
}

/** The statement that Lambda adds to a function's policy for a permission. */
function statementOf({ Action, Principal, SourceArn, FunctionName }: Json): Json {
  return {
    Effect: 'Allow',
    Action,
    Principal: { Service: Principal },
    Resource: FunctionName,
    ...(SourceArn === undefined ? {} : { Condition: { ArnLike: { 'aws:SourceArn': SourceArn } } }),
  };
}
