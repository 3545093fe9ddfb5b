import { Match, Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { LoyaltyStack } from '../lib/loyalty-stack';

// Bundling is tested by `cdk synth`; here it would take most of the time.
const app = () => new App({ context: { 'aws:cdk:bundling-stacks': [] } });

test('the consumer may write points, and read nothing else of the members', () => {
  const template = Template.fromStack(new LoyaltyStack(app(), 'Loyalty'));
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'dynamodb:UpdateItem' })]) },
  });
});
