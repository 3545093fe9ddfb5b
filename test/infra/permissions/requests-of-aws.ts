import { account, type DeployedTemplate, region } from './deployed-template.ts';
import { producer, sessionOf } from './evaluate.ts';
import { type IamRequest, ofResource, toDecrypt, toEncrypt } from './iam-requests.ts';

/**
 * What AWS asks IAM for its own calls with the roles of the functions: Lambda polls the queue ("Configuring an Amazon SQS
 * event source mapping", required permissions), writes the log, sends traces and makes network interfaces.
 */
export function requestsOfLambda(template: DeployedTemplate): IamRequest[] {
  const sources = template.ofType('AWS::Lambda::EventSourceMapping');
  return template
    .ofType('AWS::Lambda::Function')
    .flatMap(([id, { Role, LoggingConfig, TracingConfig, VpcConfig, KmsKeyArn }]) => {
      const queues = sources
        .filter(([, { FunctionName }]) => FunctionName === id)
        .map(([, { EventSourceArn }]) => EventSourceArn);
      const polling = queues.flatMap((queue) => [
        ...['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((one) =>
          ofResource(one, queue),
        ),
        ...toDecrypt(queue, template),
      ]);
      const logGroup = template.arnOf(LoggingConfig.LogGroup).replace(/:\*$/, ':log-stream:any');
      const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((one) => ofResource(one, logGroup));
      const tracing = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'].map((one) =>
        ofResource(one, '*'),
      );
      const asked = [
        ...polling,
        ...logging,
        ...(KmsKeyArn === undefined ? [] : [ofResource('kms:Decrypt', KmsKeyArn)]),
        ...(TracingConfig?.Mode === 'Active' ? tracing : []),
        ...(VpcConfig === undefined ? [] : inNetwork),
      ];
      return asked.map((one) => ({ ...one, principal: sessionOf(Role) }));
    });
}

/** AWS: "Giving Lambda functions access to resources in an Amazon VPC", required IAM permissions. */
const inNetwork = [
  ...['DescribeNetworkInterfaces', 'DescribeSubnets'].map((one) => ofResource(`ec2:${one}`, '*')),
  ...['network-interface', 'subnet', 'security-group'].map((type) =>
    onNetwork('CreateNetworkInterface', type),
  ),
  ...['DeleteNetworkInterface', 'AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'].map((action) =>
    onNetwork(action, 'network-interface'),
  ),
];

function onNetwork(action: string, type: string) {
  return ofResource(`ec2:${action}`, `arn:aws:ec2:${region}:${account}:${type}/any`);
}

/** What AWS asks for the calls of SNS, CloudWatch and API Gateway, which have no role: the policies of resources decide. */
export function requestsOfServices(template: DeployedTemplate): IamRequest[] {
  const by = (principal: string, source: string, requests: readonly Omit<IamRequest, 'principal'>[]) =>
    requests.map(({ context, ...request }) => ({
      ...request,
      principal,
      context: { ...context, 'aws:SourceArn': source, 'aws:SourceAccount': account },
    }));
  const sending = (queue: string) => [
    ofResource('sqs:SendMessage', queue),
    ...withoutCaller(toEncrypt(queue, template)),
  ];
  const deliveries = template
    .ofType('AWS::SNS::Subscription')
    .flatMap(([, { TopicArn, Endpoint, RedrivePolicy }]) =>
      [Endpoint, RedrivePolicy.deadLetterTargetArn].flatMap((queue) =>
        by('sns.amazonaws.com', TopicArn, sending(queue)),
      ),
    );
  const invocations = template
    .ofType('AWS::Lambda::Permission')
    .flatMap(([, { FunctionName, SourceArn }]) =>
      by('apigateway.amazonaws.com', SourceArn.replaceAll('*', 'any'), [
        ofResource('lambda:InvokeFunction', FunctionName),
      ]),
    );
  const alarms = template
    .ofType('AWS::CloudWatch::Alarm')
    .flatMap(([id, { AlarmActions = [], OKActions = [] }]) =>
      [...AlarmActions, ...OKActions].flatMap((topic) =>
        by('cloudwatch.amazonaws.com', `arn:aws:cloudwatch:${region}:${account}:alarm:${id}`, [
          ofResource('sns:Publish', topic),
          ...withoutCaller(toEncrypt(topic, template)),
        ]),
      ),
    );
  const logs = template.ofType('AWS::Logs::LogGroup').flatMap(([id, { KmsKeyId }]) => {
    const context = { 'kms:EncryptionContext:aws:logs:arn': template.arnOf(id).replace(/:\*$/, '') };
    const principal = `logs.${region}.amazonaws.com`;
    const actions = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];
    if (KmsKeyId === undefined) return [];
    return actions.map((action) => ({ ...ofResource(`kms:${action}`, KmsKeyId, context), principal }));
  });
  return [...deliveries, ...invocations, ...alarms, ...logs];
}

/** What AWS asks for a producer of another account, whose own policies allow it everything. */
export function requestsOfProducer(template: DeployedTemplate): IamRequest[] {
  return template
    .ofType('AWS::SNS::Topic')
    .filter(([, { FifoTopic }]) => FifoTopic === true)
    .map(([id]) => template.arnOf(id))
    .flatMap((topic) => [ofResource('sns:Publish', topic), ...toEncrypt(topic, template)])
    .map(({ action, resource }) => ({ ...ofResource(action, resource), principal: producer }));
}

/** A service that uses a key for itself calls KMS by no other service. */
function withoutCaller(requests: readonly Omit<IamRequest, 'principal'>[]) {
  return requests.map(({ action, resource }) => ofResource(action, resource));
}
