import { missingAttributes } from '../../../../local/deployment/restore-topic-attributes.ts';

const fifo = { TopicName: 'orders.fifo', FifoTopic: true, ContentBasedDeduplication: true };

describe('missingAttributes', () => {
  test('finds the attributes that the emulator ignored, FifoTopic first', () => {
    const missing = missingAttributes(
      { ContentBasedDeduplication: true, FifoThroughputScope: 'MessageGroup', FifoTopic: true },
      { TopicArn: 'arn:aws:sns:us-east-1:000000000000:orders.fifo' },
    );
    expect(Object.entries(missing)).toEqual([
      ['FifoTopic', 'true'],
      ['ContentBasedDeduplication', 'true'],
      ['FifoThroughputScope', 'MessageGroup'],
    ]);
  });

  test('finds an attribute with another value', () => {
    expect(missingAttributes(fifo, { FifoTopic: 'true', ContentBasedDeduplication: 'false' })).toEqual({
      ContentBasedDeduplication: 'true',
    });
  });

  test('finds nothing if the endpoint kept everything, whatever the form of its booleans', () => {
    expect(missingAttributes(fifo, { FifoTopic: 'true', ContentBasedDeduplication: 'true' })).toEqual({});
    expect(missingAttributes(fifo, { FifoTopic: 'True', ContentBasedDeduplication: 'True' })).toEqual({});
    expect(missingAttributes({ FifoTopic: 'true' }, { FifoTopic: 'true' })).toEqual({});
  });

  test('ignores properties that are not in the template, computed values, and properties that are not topic attributes', () => {
    const live = { FifoTopic: 'true', ContentBasedDeduplication: 'true', SignatureVersion: '2' };
    const properties = {
      ...fifo,
      KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
      Tags: [{ Key: 'stage', Value: 'dev' }],
      DataProtectionPolicy: {},
    };
    expect(missingAttributes(properties, live)).toEqual({});
  });
});
