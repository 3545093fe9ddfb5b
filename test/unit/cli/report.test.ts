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
