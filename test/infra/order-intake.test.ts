import { Match, Template } from 'aws-cdk-lib/assertions';
import { orderOnceStack } from './support.ts';

describe('the intake', () => {
  const template = Template.fromStack(orderOnceStack());
  const ref = (logicalId: string) => ({ Ref: Match.stringLikeRegexp(logicalId) });

  test('accepts signed requests on one route', () => {
    template.resourcePropertiesCountIs(
      'AWS::ApiGatewayV2::Route',
      { RouteKey: 'POST /orders', AuthorizationType: 'AWS_IAM', Target: Match.anyValue() },
      1,
    );
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
  });

  test('is throttled, and logs callers without the content of requests', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
      AccessLogSettings: {
        DestinationArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('IntakeAccessLogs'), 'Arn'] },
        Format: Match.not(Match.stringLikeRegexp('header|authorizer')),
      },
    });
  });

  test('has a timeout below that of API Gateway', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 28,
      Environment: {
        Variables: {
          RECORDS_TABLE_NAME: ref('Records'),
          RECORD_TTL_SECONDS: String(45 * 24 * 3600),
          TOPIC_ARN: ref('OrderEvents'),
          CUSTOMERS_TABLE_NAME: ref('Customers'),
          MAX_SEQUENCE_JUMP: '1000000',
          MAX_EVENT_SIZE_BYTES: '262144',
        },
      },
    });
  });

  test('may access only its own records', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('Records'), 'Arn'] },
            Condition: {
              'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['%intake#*'] },
              Null: { 'dynamodb:LeadingKeys': 'false' },
            },
          },
        ]),
      },
    });
  });

  const readOfSequences = {
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('Customers'), 'Arn'] },
    Condition: {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['account', 'sequence'] },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    },
  };

  test('may read the sequence of an account, and nothing else of it', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([readOfSequences]) },
    });
  });

  test('reads no sequence if any may follow', () => {
    const unbound = Template.fromStack(orderOnceStack({ intake: { auth: 'iam', maxSequenceJump: 'any' } }));
    unbound.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { MAX_SEQUENCE_JUMP: 'any', CUSTOMERS_TABLE_NAME: Match.absent() },
      },
    });
    unbound.resourcePropertiesCountIs(
      'AWS::IAM::Policy',
      { PolicyDocument: { Statement: Match.arrayWith([readOfSequences]) } },
      0,
    );
  });

  describe('with tokens of an issuer', () => {
    const tokens = { auth: 'jwt', jwtIssuer: 'https://issuer.example/pool', jwtAudience: 'shop' } as const;
    const withTokens = Template.fromStack(
      orderOnceStack({
        intake: { ...tokens, jwtAccountClaim: 'customer_id', jwtScopes: ['orders/write'] },
      }),
    );

    test('accepts them instead of signatures, if they have one of the scopes', () => {
      withTokens.hasResourceProperties('AWS::ApiGatewayV2::Route', {
        AuthorizationType: 'JWT',
        AuthorizationScopes: ['orders/write'],
        AuthorizerId: ref('Intake'),
      });
      withTokens.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: 'https://issuer.example/pool', Audience: ['shop'] },
      });
    });

    test('tells its function which claim names the account, and leaves out scopes that are not set', () => {
      withTokens.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ JWT_ACCOUNT_CLAIM: 'customer_id' }) },
      });
      const anyBearer = Template.fromStack(orderOnceStack({ intake: { ...tokens, jwtAccountClaim: 'any' } }));
      anyBearer.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ JWT_ACCOUNT_CLAIM: 'any' }) },
      });
      anyBearer.hasResourceProperties('AWS::ApiGatewayV2::Route', { AuthorizationScopes: Match.absent() });
    });

    test('logs the subject of the token, and neither the token nor another claim', () => {
      expect(accessLogOf(withTokens)).toMatchObject({ principal: '$context.authorizer.claims.sub' });
      expect(JSON.stringify(accessLogOf(withTokens))).not.toMatch(/header|token|claims\.(?!sub")/i);
    });
  });

  test('logs the principal that signed a request', () => {
    expect(accessLogOf(template)).toMatchObject({
      principal: '$context.identity.userArn',
      cognitoIdentity: '$context.identity.cognitoIdentityId',
    });
  });

  function accessLogOf(of: Template): unknown {
    const [stage] = Object.values(of.findResources('AWS::ApiGatewayV2::Stage'));
    return JSON.parse(stage?.Properties.AccessLogSettings.Format);
  }
});
