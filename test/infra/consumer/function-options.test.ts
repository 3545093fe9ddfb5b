import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Architecture, LayerVersion, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { newApp, resource, shop, temporaryFolder } from '../support.ts';
import { bookings } from './support.ts';

describe('a function in a VPC', () => {
  test('has its subnets and security groups, and may create network interfaces', () => {
    const stack = shop();
    const vpc = new Vpc(stack, 'Vpc') as IVpc;
    const securityGroup = new SecurityGroup(stack, 'Outgoing', { vpc });
    bookings(stack, {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS, onePerAz: true },
      securityGroups: [securityGroup],
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('Outgoing'), 'GroupId'] }],
        SubnetIds: [
          { Ref: Match.stringLikeRegexp('VpcPrivateSubnet1') },
          { Ref: Match.stringLikeRegexp('VpcPrivateSubnet2') },
        ],
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface']),
            Resource: '*',
          }),
        ]),
      },
    });
  });

  test('is the only one that may create network interfaces', () => {
    const stack = shop();
    bookings(stack);
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('ec2:');
  });
});

test('a function accepts architecture, layers and tracing', () => {
  const stack = shop();
  const layer = LayerVersion.fromLayerVersionArn(
    stack,
    'Extension',
    'arn:aws:lambda:eu-west-1:123456789012:layer:extension:3',
  );
  bookings(stack, { architecture: Architecture.X86_64, layers: [layer], tracing: Tracing.ACTIVE });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Architectures: ['x86_64'],
    Layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:extension:3'],
    TracingConfig: { Mode: 'Active' },
  });
});

test.each([
  [undefined, 60],
  [RetentionDays.ONE_WEEK, 7],
  [RetentionDays.INFINITE, undefined],
])('with the log retention %s, logs are kept for %s days', (logRetention, days) => {
  const stack = shop();
  bookings(stack, logRetention === undefined ? {} : { logRetention });
  expect(resource(stack, 'AWS::Logs::LogGroup').Properties?.RetentionInDays).toBe(days);
});

test.each([
  [45, 60],
  [1000, 1096],
  [100_000, 3653],
])('a log retention of %i days, which CloudWatch refuses, fails with the nearest one, %i', (days, nearest) => {
  expect(() => bookings(shop(), { logRetention: days as RetentionDays })).toThrow(
    new RegExp(`^logRetention is ${days}; it must be .* The nearest is ${nearest}$`),
  );
});

test('an event source accepts provisioned pollers', () => {
  const stack = shop();
  bookings(stack, { provisionedPollerConfig: { minimumPollers: 3, maximumPollers: 30 } });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    ProvisionedPollerConfig: { MinimumPollers: 3, MaximumPollers: 30 },
    ScalingConfig: Match.absent(),
  });
});

describe('in a repository with two lock files', () => {
  const workingFolder = process.cwd();
  afterEach(() => process.chdir(workingFolder));

  function repository(): string {
    const folder = mkdtempSync(join(temporaryFolder(), 'repository-'));
    for (const name of ['package-lock.json', 'yarn.lock', 'handler.ts'])
      writeFileSync(join(folder, name), '');
    process.chdir(folder);
    return folder;
  }

  test('synthesis uses the named one', () => {
    const folder = repository();
    expect(() =>
      bookings(new Stack(newApp(), 'Shop'), {
        entry: join(folder, 'handler.ts'),
        depsLockFilePath: join(folder, 'yarn.lock'),
      }),
    ).not.toThrow();
  });

  test('synthesis fails if none is named', () => {
    const folder = repository();
    expect(() => bookings(new Stack(newApp(), 'Shop'), { entry: join(folder, 'handler.ts') })).toThrow(
      'Please specify the desired one with `depsLockFilePath`',
    );
  });
});
