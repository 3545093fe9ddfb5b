import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, Subnet, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Architecture, LayerVersion, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { newApp, refusal, resource, shop, temporaryFolder } from '../support.ts';
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

  test.each([
    [0, 1, 'vpcSubnets: the function has 0; Lambda takes 1 to 16 in a VPC.'],
    [17, 1, 'vpcSubnets: the function has 17; Lambda takes 1 to 16 in a VPC.'],
    [16, 6, 'securityGroups: the function has 6; Lambda takes 1 to 5 in a VPC.'],
    [16, 5, 'nothing was refused'],
  ])('with %i subnets and %i security groups makes synthesis say: %s', (subnets, groups, message) => {
    const stack = shop();
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-0'],
    });
    const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));
    bookings(stack, {
      vpc,
      vpcSubnets: { subnets: ids(subnets).map((id) => Subnet.fromSubnetId(stack, `Subnet${id}`, id)) },
      securityGroups: ids(groups).map((id) => SecurityGroup.fromSecurityGroupId(stack, `Group${id}`, id)),
    });
    expect(refusal(stack)).toContain(message);
  });

  test('is missing if subnets are given without one', () => {
    const message = "Cannot configure 'vpcSubnets' without configuring a VPC";
    expect(() => bookings(shop(), { vpcSubnets: { onePerAz: true } })).toThrow(message);
  });

  test('cannot be in public subnets, from which it would reach nothing', () => {
    const stack = shop();
    const vpc = new Vpc(stack, 'Vpc') as IVpc;
    const vpcSubnets = { subnetType: SubnetType.PUBLIC };
    expect(() => bookings(stack, { vpc, vpcSubnets })).toThrow('public subnet');
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

test('log lines have hashes of message groups, under a key of the stack, unless they may have the groups', () => {
  const keyOf = (props: Parameters<typeof bookings>[1]) => {
    const stack = shop();
    bookings(stack, props);
    return resource(stack, 'AWS::Lambda::Function').Properties.Environment.Variables.ORDER_ONCE_LOG_GROUP_KEY;
  };
  expect(keyOf({})).toEqual({ Ref: 'AWS::StackId' });
  expect(keyOf({ logMessageGroups: 'hashed' })).toEqual({ Ref: 'AWS::StackId' });
  expect(keyOf({ logMessageGroups: 'plain' })).toBeUndefined();
  expect(() => keyOf({ logMessageGroups: 'none' as 'plain' })).toThrow(
    'logMessageGroups is "none"; it must be "hashed" or "plain"',
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
