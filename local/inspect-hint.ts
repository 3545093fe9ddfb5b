import { consumersOf, type StackOutputs } from '../lab/target/consumers.ts';
import type { Endpoint } from './endpoint/endpoint.ts';

/** How to look at what a run left up, and how to end it. */
export function inspectHint(
  { url, environment }: Endpoint,
  stack: StackOutputs,
  kept: { readonly pid: number; readonly log: string } | undefined,
): string {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const lines = [
    `The stack is up at ${url}. To look around with the aws CLI:`,
    '',
    `  export ${settings.join(' ')}`,
    `  export TOPIC_ARN=${stack.TopicArn}`,
    `  aws dynamodb scan --max-items 3 --table-name ${stack.RecordsTableName}`,
    `  aws dynamodb scan --max-items 3 --table-name ${stack.LedgerTableName}`,
    `  aws dynamodb scan --max-items 3 --table-name ${stack.CustomersTableName}`,
    ...Object.values(consumersOf(stack)).flatMap(({ deadLetterQueueUrl, functionName }) => [
      // Version 1 of the CLI sends what is for a queue to a host of AWS's unless it is told here.
      `  aws sqs receive-message --endpoint-url ${url} --message-attribute-names All --queue-url ${deadLetterQueueUrl}`,
      `  aws logs filter-log-events --log-group-name /aws/lambda/${functionName}`,
    ]),
  ];
  lines.push(
    '',
    'The payment provider, and what stood before SES or DynamoDB, have ended with this run: what needs them waits.',
  );
  if (kept !== undefined) lines.push('', `Its log is ${kept.log}. To stop it: kill ${kept.pid}`);
  return `${lines.join('\n')}\n`;
}
