import type { Endpoint } from '../../local/endpoint/endpoint.ts';
import { consumersOf, type StackOutputs } from '../target/consumers.ts';

/** Explains how to inspect the stack that a run left running, and how to stop it. */
export function inspectHint(
  { url, environment }: Endpoint,
  stack: StackOutputs,
  kept: { readonly pid: number; readonly log: string } | undefined,
): string {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const lines = [
    `The stack is running at ${url}. To inspect it with the aws CLI:`,
    '',
    `  export ${settings.join(' ')}`,
    `  export TOPIC_ARN=${stack.TopicArn}`,
    `  aws dynamodb scan --max-items 3 --table-name ${stack.RecordsTableName}`,
    `  aws dynamodb scan --max-items 3 --table-name ${stack.LedgerTableName}`,
    `  aws dynamodb scan --max-items 3 --table-name ${stack.CustomersTableName}`,
    ...Object.values(consumersOf(stack)).flatMap(({ deadLetterQueueUrl, functionName }) => [
      // Version 1 of the CLI sends SQS requests to AWS unless the endpoint is given here.
      `  aws sqs receive-message --endpoint-url ${url} --message-attribute-names All --queue-url ${deadLetterQueueUrl}`,
      `  aws logs filter-log-events --log-group-name /aws/lambda/${functionName}`,
    ]),
  ];
  lines.push(
    '',
    'The fake payment provider and proxies have stopped, so new orders will wait in billing/notifications.',
  );
  if (kept !== undefined) lines.push('', `Its log is ${kept.log}. To stop it: kill ${kept.pid}`);
  return `${lines.join('\n')}\n`;
}
