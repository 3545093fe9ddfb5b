import { queuesWithFunction } from '../../../../local/project/consumed-queues.ts';

const queue = (logicalId: string) => ({
  type: 'AWS::SQS::Queue',
  logicalId,
  physicalId: `http://localhost/000000000000/${logicalId}`,
  properties: {},
});
const mapping = (source: unknown) => ({
  type: 'AWS::Lambda::EventSourceMapping',
  logicalId: 'Mapping',
  physicalId: '1',
  properties: { EventSourceArn: source },
});

test('finds the queues that a function reads, and no dead-letter queues', () => {
  const resources = [queue('Points'), queue('PointsDlq'), mapping({ 'Fn::GetAtt': ['Points', 'Arn'] })];
  expect(queuesWithFunction(resources)).toEqual(['http://localhost/000000000000/Points']);
});

test('ignores event sources that are not queues of the stack', () => {
  const imported = mapping({ 'Fn::ImportValue': 'Other' });
  expect(queuesWithFunction([queue('Points'), imported, mapping('arn:aws:sqs:us-east-1:1:points')])).toEqual(
    [],
  );
});
