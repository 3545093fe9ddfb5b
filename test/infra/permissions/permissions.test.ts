import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from '../../../lib/index.ts';
import { anyEntry, everyConsumer, newApp, orderOnceStack, root } from '../support.ts';
import { account, type PolicyDocument, region } from './deployed-template.ts';
import { Deployment } from './deployment.ts';
import { isAllowed } from './evaluate.ts';
import { grantsOfResources, grantsOfRoles, shortName, unusedGrants } from './grants.ts';
import type { IamRequest } from './iam-requests.ts';
import { requestsOfLambda, requestsOfProducer, requestsOfServices } from './requests-of-aws.ts';
import { controlTime, runBilling, runBookings, runFulfilment, runIntake, runNotifications } from './runs.ts';

const env = { account, region };

/** A consumer of the library with a key, a VPC, traces and alarms, and with every kind of effect that a construct can grant. */
function bookingsStack(): Stack {
  const stack = new Stack(newApp(), 'Shop', { env });
  const encryptionKey = new Key(stack, 'Key');
  const table = (id: string, partitionKey: string) =>
    new DataTable(stack, id, { partitionKey, encryptionKey });
  const topic = new EventTopic(stack, 'Events', { encryptionKey });
  topic.grantPublish(new AccountPrincipal('222222222222'));
  new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic,
    records: new RecordTable(stack, 'Records', { encryptionKey }),
    entry: anyEntry,
    encryptionKey,
    vpc: new Vpc(stack, 'Vpc') as IVpc,
    tracing: Tracing.ACTIVE,
    alarmTopic: new Topic(stack, 'Alarms', { masterKey: encryptionKey, enforceSSL: true }),
    onPoison: 'block',
    tables: {
      seats: { table: table('Seats', 'seat'), effects: ['put', 'remove'] },
      halls: { table: table('Halls', 'hall'), effects: ['putIfNewer', 'removeIfNewer', 'increment'] },
    },
  });
  return stack;
}

const keyArn = `arn:aws:kms:${region}:${account}:key/1234abcd`;

/** The policy of a key in docs/deploy.md. */
function documentedKeyPolicy(): PolicyDocument {
  const docs = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
  return JSON.parse(/<!-- key-policy -->\n```json\n([\s\S]*?)```/.exec(docs)?.[1] ?? '');
}

let example: Deployment;
let library: Deployment;

beforeAll(async () => {
  controlTime();
  example = await Deployment.of(orderOnceStack({ ...everyConsumer, env, encryptionKeyArn: keyArn }), {
    [keyArn]: documentedKeyPolicy(),
  });
  library = await Deployment.of(bookingsStack());
  await runFulfilment(example);
  await runBilling(example);
  await runNotifications(example);
  await runIntake(example);
  await runBookings(library);
});

afterAll(async () => {
  await example.stop();
  await library.stop();
});

/** All that AWS asks IAM in a deployment. */
function requestsOf(deployment: Deployment): IamRequest[] {
  const { template, requests } = deployment;
  return [
    ...requests,
    ...requestsOfLambda(template),
    ...requestsOfServices(template),
    // The example lets nobody of another account publish, but the documented policy of its key does.
    ...requestsOfProducer(template).filter(
      ({ action }) => deployment === library || action.startsWith('kms:'),
    ),
  ];
}

/** Grants that no call uses, each with the reason why it is there. */
const unusedOnPurpose: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['key/Key', 'key/1234abcd'].map((key) => [
      `arn:aws:iam::${account}:root may kms:* on ${key}`,
      'It is in the policy of each key: it lets the policies of roles count, and lets administrators change the key.',
    ]),
  ),
};

test('the runs reach the ends that need calls of their own', () => {
  const seen = [...example.outcomes, ...library.outcomes].map(([name, all]) => [name, [...all].sort()]);
  const external = ['applied', 'duplicate', 'failed', 'poison', 'unknown'];
  expect(Object.fromEntries(seen)).toEqual({
    Fulfilment: ['applied', 'conflict', 'duplicate', 'failed', 'out-of-window', 'poison'],
    Billing: ['conflict', 'out-of-window', ...external].sort(),
    Notifications: external,
    Intake: ['202', '422', '503'],
    Bookings: ['applied', 'blocked', 'duplicate', 'poison'],
  });
});

describe.each(['the example', 'the library'] as const)('in a deployment of %s', (which) => {
  const deployment = () => (which === 'the example' ? example : library);

  test('no call of a function or of AWS itself is denied', async () => {
    const { template } = deployment();
    const denied: string[] = [];
    for (const request of requestsOf(deployment())) {
      if (await isAllowed(request, template)) continue;
      denied.push(`${shortName(request.principal)}: ${request.action} on ${shortName(request.resource)}`);
    }
    expect(denied).toEqual([]);
  });

  test('every grant is used, except for those with a reason', async () => {
    const { template } = deployment();
    const grants = [...grantsOfRoles(template), ...grantsOfResources(template)];
    const unused = await unusedGrants(grants, requestsOf(deployment()));
    const expected = grants.map(({ name }) => name).filter((name) => unusedOnPurpose[name] !== undefined);
    expect(unused).toEqual(expected);
  });
});

describe('a call is denied', () => {
  const callOf = (name: string, action: string): IamRequest => {
    const found = example.requests.find(
      (request) => request.principal.includes(`/${name}`) && request.action === action,
    );
    if (found === undefined) throw new Error(`${name} has no call of ${action}`);
    return found;
  };
  const denied = async (request: IamRequest) =>
    expect(await isAllowed(request, example.template)).toBe(false);

  test('with the role of another function', async () => {
    const { principal } = callOf('Notifications', 'ses:SendEmail');
    await denied({ ...callOf('Fulfilment', 'dynamodb:PutItem'), principal });
  });

  test('if the intake names a record of a consumer', async () => {
    const request = callOf('Intake', 'dynamodb:UpdateItem');
    const context = { ...request.context, 'dynamodb:LeadingKeys': ['fulfilment#any'] };
    await denied({ ...request, context });
  });

  test('if the intake names no record', async () => {
    const { 'dynamodb:LeadingKeys': _, ...context } = callOf('Intake', 'dynamodb:UpdateItem').context;
    await denied({ ...callOf('Intake', 'dynamodb:UpdateItem'), context });
  });

  test('if the intake reads more of an account than its sequence', async () => {
    const request = example.requests.find(
      ({ action, resource }) => action === 'dynamodb:GetItem' && shortName(resource).includes('Customers'),
    );
    if (request === undefined) throw new Error('The intake reads no account');
    const context = { ...request.context, 'dynamodb:Attributes': ['account', 'sequence', 'latestOrder'] };
    await denied({ ...request, context });
  });

  test('if billing reads another secret', async () => {
    const request = callOf('Billing', 'secretsmanager:GetSecretValue');
    await denied({ ...request, resource: `${request.resource.slice(0, -6)}GhIjKl` });
  });

  test('if a mail has another sender', async () => {
    const request = callOf('Notifications', 'ses:SendEmail');
    await denied({ ...request, context: { 'ses:FromAddress': 'other@mail.shop.test' } });
  });

  test('without TLS', async () => {
    const request = callOf('Intake', 'sns:Publish');
    await denied({ ...request, context: { 'aws:SecureTransport': 'false' } });
  });

  test('if SNS delivers from another topic', async () => {
    const [request] = requestsOfServices(example.template);
    if (request === undefined) throw new Error('Nothing is delivered');
    const other = `arn:aws:sns:${region}:${account}:other.fifo`;
    await denied({ ...request, context: { ...request.context, 'aws:SourceArn': other } });
  });
});
