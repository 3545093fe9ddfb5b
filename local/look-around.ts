import type { StackOutputs } from './consumers.ts';
import type { Endpoint } from './endpoint/endpoint.ts';

/** How to look at what a run left up, and how to end it. */
export function lookAround(
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
    `  aws sqs receive-message --message-attribute-names All --queue-url ${stack.FulfilmentDlqUrl}`,
    `  aws logs tail /aws/lambda/${stack.FulfilmentFunctionName}`,
  ];
  lines.push('', 'What stood in for the payment provider has ended: new charges wait in their queue.');
  if (kept !== undefined) lines.push('', `Its log is ${kept.log}. To stop it: kill ${kept.pid}`);
  return `${lines.join('\n')}\n`;
}
