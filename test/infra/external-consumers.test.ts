import { Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { optionalOutputs, outputs } from '../../contract/orders/outputs.ts';
import { everyConsumer, forDevelopment, orderOnceStack, outputsOf, resource, resources } from './support.ts';

/** The names of the functions' constructs. */
function functionsOf(stack: Stack): string[] {
  return Object.entries(resources(stack))
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([logicalId]) => logicalId.slice(0, logicalId.indexOf('Function')));
}

/** The statements that let a function do something with SES. */
function sesStatements(stack: Stack) {
  return Object.values(resources(stack))
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().some((action: string) => action.startsWith('ses:')));
}

describe('the stack whose external consumers are off', () => {
  test('names the settings that would add them', () => {
    const stack = orderOnceStack();
    expect(functionsOf(stack)).toEqual(['Fulfilment', 'Intake']);
    const annotations = Annotations.fromStack(stack);
    annotations.hasInfo(
      '/OrderOnce',
      Match.stringLikeRegexp('"billing" is off; to charge orders, write its settings to "billing"'),
    );
    annotations.hasInfo(
      '/OrderOnce',
      Match.stringLikeRegexp('"notifications" is off; to mail orders, write its settings to "notifications"'),
    );
    annotations.hasNoWarning('*', Match.anyValue());
  });
});

describe('the stack with every consumer', () => {
  test('has no such messages', () => {
    Annotations.fromStack(orderOnceStack(everyConsumer)).hasNoInfo('*', Match.anyValue());
  });

  test('gives billing the URL of the provider and the retention of its keys', () => {
    Template.fromStack(orderOnceStack(everyConsumer)).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          ORDER_ONCE_CONSUMER: 'billing',
          PAYMENT_URL: 'https://payments.test/charges',
          PAYMENT_KEY_RETENTION_SECONDS: '86400',
        }),
      },
    });
  });

  test('lets billing read the one secret, and gives it no credential itself', () => {
    const template = Template.fromStack(orderOnceStack(everyConsumer));
    const { secretArn } = everyConsumer.billing;
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('secretsmanager'))).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secretArn },
    ]);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ PAYMENT_SECRET_ARN: secretArn }) },
    });
  });

  test('lets billing read no secret if the provider needs no credential', () => {
    const { secretArn: _, ...billing } = everyConsumer.billing;
    const template = JSON.stringify(Template.fromStack(orderOnceStack({ billing })).toJSON());
    expect(template).not.toMatch(/secretsmanager|PAYMENT_SECRET_ARN/);
  });

  test('gives notifications the sender and the domain', () => {
    Template.fromStack(orderOnceStack(everyConsumer)).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          ORDER_ONCE_CONSUMER: 'notifications',
          MAIL_FROM: 'orders@mail.shop.test',
          MAIL_DOMAIN: 'customers.test',
        }),
      },
    });
  });

  test('lets only notifications send mails, only from that address', () => {
    const arn = (name: string) => ({
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':ses:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          `:${name}`,
        ],
      ],
    });
    expect(sesStatements(orderOnceStack(everyConsumer))).toEqual([
      {
        Effect: 'Allow',
        Action: ['ses:SendEmail', 'ses:SendTemplatedEmail'],
        // The default configuration set of the identity too, or SES refuses every mail from it.
        Resource: [
          'configuration-set/*',
          'identity/mail.shop.test',
          'identity/orders@mail.shop.test',
          'identity/shop.test',
        ].map(arn),
        Condition: { StringEquals: { 'ses:FromAddress': 'orders@mail.shop.test' } },
      },
    ]);
  });

  test('has the documented outputs', () => {
    expect(outputsOf(orderOnceStack(everyConsumer))).toEqual(
      [...Object.values(outputs), ...Object.values(optionalOutputs)].sort(),
    );
  });

  test('has fast retries for all functions in development', () => {
    // WHEN
    const stack = orderOnceStack({
      ...everyConsumer,
      ...forDevelopment,
      functionTimeout: Duration.seconds(5),
    });

    // THEN
    const timeouts = ['Fulfilment', 'Billing', 'Notifications'].map(
      (name) => resource(stack, 'AWS::SQS::Queue', `${name}Queue`).Properties.VisibilityTimeout,
    );
    expect(timeouts).toEqual([30, 30, 30]);
  });
});
