import { missingAttributes } from '../../../local/deployment/restore-topic-attributes.ts';

const fifo = { TopicName: 'orders.fifo', FifoTopic: true, ContentBasedDeduplication: true };

describe('missingAttributes', () => {
  test('finds what the emulator dropped, FifoTopic first', () => {
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

  test('finds an attribute that is there with another value', () => {
    expect(missingAttributes(fifo, { FifoTopic: 'true', ContentBasedDeduplication: 'false' })).toEqual({
      ContentBasedDeduplication: 'true',
    });
  });

  test('finds nothing where the endpoint kept everything, however it writes its booleans', () => {
    expect(missingAttributes(fifo, { FifoTopic: 'true', ContentBasedDeduplication: 'true' })).toEqual({});
    expect(missingAttributes(fifo, { FifoTopic: 'True', ContentBasedDeduplication: 'True' })).toEqual({});
    expect(missingAttributes({ FifoTopic: 'true' }, { FifoTopic: 'true' })).toEqual({});
  });

  test('leaves alone what the template does not have, what it computes, and what is no attribute of the topic', () => {
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
