import { isAwsHost, isPrivateAddress } from '../../../local/endpoint/hosts.ts';

test.each([
  'sqs.us-east-1.amazonaws.com',
  'SQS.US-EAST-1.AMAZONAWS.COM.',
  'sns.cn-north-1.amazonaws.com.cn',
  'sqs.eusc-de-east-1.amazonaws.eu',
  'vpce-1-a.sqs.us-east-1.vpce.amazonaws.com',
  'sqs.us-east-1.api.aws',
])('isAwsHost: %s belongs to AWS', (host) => {
  expect(isAwsHost(host)).toBe(true);
});

test.each([
  'localhost',
  'localhost.localstack.cloud',
  'amazonaws.com.example',
  'notamazonaws.com',
])('isAwsHost: %s does not belong to AWS', (host) => {
  expect(isAwsHost(host)).toBe(false);
});

test.each([
  '127.0.0.1',
  '127.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '::1',
  'fd00::1',
])('isPrivateAddress: %s belongs to this machine or a private network', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each([
  '8.8.8.8',
  '172.32.0.1',
  '172.15.255.255',
  '192.169.0.1',
  '169.254.169.254',
  '2001:db8::1',
])('isPrivateAddress: %s is public', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});
