import { explain } from '../../../../local/deployment/cdk-output.ts';

describe('explain', () => {
  test('keeps the message and the place of an error in the app, without its stack', () => {
    const output = `file:///app/lib/checks.ts:3
  throw new ConfigurationError('...');
        ^

ConfigurationError: recordTtl is 30 days; it must be at least 41:
  SNS delivery retries 23 d + queue retention 4 d + DLQ retention 14 d
    at check (file:///app/lib/checks.ts:3:9)
    at async asyncRunEntryPointWithESMLoader (node:internal/modules/run_main:101:5)

Node.js v24.21.0
node bin/order-once.ts: Subprocess exited with error 1
`;
    expect(explain(output)).toBe(`file:///app/lib/checks.ts:3
ConfigurationError: recordTtl is 30 days; it must be at least 41:
  SNS delivery retries 23 d + queue retention 4 d + DLQ retention 14 d`);
  });

  test('leaves out places inside Node, and the text that Node appends to an error', () => {
    const output = `node:internal/modules/esm/resolve:272
    throw new ERR_MODULE_NOT_FOUND(
          ^

Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/app/nowhere.ts' imported from /app/bin/app.ts
    at finalizeResolution (node:internal/modules/esm/resolve:272:11) {
  code: 'ERR_MODULE_NOT_FOUND',
  url: 'file:///app/nowhere.ts'
}

Node.js v24.21.0
`;
    expect(explain(output)).toBe(
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/app/nowhere.ts' imported from /app/bin/app.ts",
    );
  });

  test('keeps findings of synthesis and errors of esbuild', () => {
    const output = `Bundling asset Stack/Function/Code/Stage...
npm warn Unknown user config "x".
✘ [ERROR] Could not resolve "./absent"
    fn.ts:1:24:
      1 │ import { nothing } from "./absent";
        ╵                         ~~~~~~~~~~

file:/app/bin/app.ts:2:11
ERROR The SQS queue does not require requests to use SSL. (AwsSolutions)
   Stack/Queue/Resource aws-cdk-lib.aws_sqs.CfnQueue
Synthesis finished with errors
`;
    expect(explain(output)).toBe(`✘ [ERROR] Could not resolve "./absent"
    fn.ts:1:24:
      1 │ import { nothing } from "./absent";
        ╵                         ~~~~~~~~~~
file:/app/bin/app.ts:2:11
ERROR The SQS queue does not require requests to use SSL. (AwsSolutions)
   Stack/Queue/Resource aws-cdk-lib.aws_sqs.CfnQueue
Synthesis finished with errors`);
  });

  test('keeps only the failed steps of a deployment', () => {
    const output = `[Warning] A finding that did not stop the synthesis

✨  Synthesis time: 4.58s

Stack: start: Building Stack Template
Stack: success: Published Stack Template
Stack: creating CloudFormation changeset...
Stack: deploying... [1/1]
Stack | 1/4 | 10:15:53 AM | CREATE_COMPLETE         | AWS::SQS::Queue            | Queue
Stack | 1/4 | 10:15:53 AM | CREATE_FAILED           | AWS::Lambda::Function      | Function No such bucket

Failed resources:
Stack | 10:15:53 AM | CREATE_FAILED           | AWS::Lambda::Function      | Function No such bucket
❌  Stack failed to deploy
`;
    expect(explain(output)).toBe(`Failed resources:
Stack | 10:15:53 AM | CREATE_FAILED           | AWS::Lambda::Function      | Function No such bucket
❌  Stack failed to deploy`);
  });

  test('shows the first of many findings', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `ERROR ${index}`);
    expect(explain(lines.join('\n')).split('\n')).toEqual([...lines.slice(0, 20), '...']);
  });

  test('keeps the exit code if the app fails without output', () => {
    expect(explain('node app.ts: Subprocess exited with error 3\n\n')).toBe(
      'node app.ts: Subprocess exited with error 3',
    );
  });
});
