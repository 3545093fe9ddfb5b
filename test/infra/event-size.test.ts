import { Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventTopic } from '../../lib/index.ts';
import { orderOnceStack, resource, shop } from './support.ts';

const sizeOf = (maxEventSize?: number) => {
  const stack = shop();
  const topic = new EventTopic(stack, 'Events', maxEventSize === undefined ? {} : { maxEventSize });
  return [topic.maxEventSize, resource(stack, 'AWS::SNS::Topic').Properties.MaximumMessageSize];
};

test('a topic accepts the size that it is given, and by default that of SNS', () => {
  expect(sizeOf()).toEqual([262_144, undefined]);
  expect(sizeOf(1_032_192)).toEqual([1_032_192, 1_032_192]);
  expect(sizeOf(1024)).toEqual([1024, 1024]);
});

test.each([1023, 1_032_193, 262_144.5])('a size of %d bytes fails synthesis', (maxEventSize) => {
  expect(() => sizeOf(maxEventSize)).toThrow(
    `maxEventSize is ${maxEventSize}; it must be a whole number of bytes from 1024 to 1032192`,
  );
});

test('a size that is known only at deployment fails synthesis, because publishers need it too', () => {
  expect(() => sizeOf(Lazy.number({ produce: () => 5000 }))).toThrow(
    'maxEventSize is known at deployment only',
  );
});

test('one setting of the example is for the topic and the intake, and the queues accept more', () => {
  const template = Template.fromStack(orderOnceStack({ maxEventSize: 500_000 }));
  template.hasResourceProperties('AWS::SNS::Topic', { MaximumMessageSize: 500_000 });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { MAX_EVENT_SIZE_BYTES: '500000' } },
  });
  template.allResourcesProperties('AWS::SQS::Queue', { MaximumMessageSize: 1_048_576 });
});
