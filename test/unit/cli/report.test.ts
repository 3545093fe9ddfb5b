import { formatReport } from '../../../cli/local/report.ts';

test('prints the outputs of each stack, and lines for the shell', () => {
  const outputs = { Shop: { TopicArn: 'arn:aws:sns:us-east-1:000000000000:Shop.fifo' }, Mails: {} };
  expect(
    formatReport(outputs, { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }),
  ).toBe(`Outputs:

Shop.TopicArn = arn:aws:sns:us-east-1:000000000000:Shop.fifo
Mails has no outputs

For the aws CLI and the SDKs:

export AWS_REGION=us-east-1
export AWS_ENDPOINT_URL=http://127.0.0.1:4566
`);
});

test('unsets what would lead the tools of AWS elsewhere, and nothing else', () => {
  const own = {
    AWS_SESSION_TOKEN: 'token',
    AWS_PROFILE: 'production',
    AWS_ENDPOINT_URL_S3: 'https://s3.example.com',
    AWS_ENDPOINT_URL_SQS: 'https://sqs.example.com',
    AWS_PAGER: '',
    HOME: '/home/ada',
  };
  const report = formatReport({}, { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566' }, own);
  expect(report).toContain(
    '\nunset AWS_ENDPOINT_URL_SQS AWS_PROFILE AWS_SESSION_TOKEN\nexport AWS_ENDPOINT_URL_S3=http://127.0.0.1:4566\n',
  );
});

test('leaves out the descriptions of consumers, which are for tools', () => {
  const BookingsDescription = JSON.stringify({ 'order-once': '1.0.0', consumer: 'bookings' });
  const report = formatReport({ Shop: { BookingsDescription, TableName: 'seats' } }, {});
  expect(report).toContain('Shop.TableName = seats');
  expect(report).not.toContain('Description');
});
