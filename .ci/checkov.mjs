import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { App, Duration } from 'aws-cdk-lib';
import { OrderOnceStack } from '../lib/app/order-once-stack.ts';
import { ownEnvironment } from '../system/environment.ts';
import { findPython, probePath } from '../system/python/find-python.ts';
import { pythonTool } from '../system/python/python-tool.ts';

/** The rules that the example does not meet. SECURITY.md, "Rules of compliance packs", has the reasons. */
const accepted = {
  CKV_AWS_115: 'LambdaConcurrency',
  CKV_AWS_116: 'LambdaDLQ',
  CKV_AWS_117: 'LambdaInsideVPC',
};

const say = (line) => process.stdout.write(`${line}\n`);
const tool = 'checkov';
const base = await findPython(probePath(ownEnvironment()), { tool, oldest: 11 });
const python = await pythonTool(tool, undefined, base);

const app = new App({
  context: { 'aws:cdk:bundling-stacks': [] },
  builtinCloudFormationValidation: false,
  outdir: '.local/checkov',
});
const stack = new OrderOnceStack(app, 'OrderOnce', {
  data: 'keep',
  functionTimeout: Duration.seconds(30),
  intake: { auth: 'iam' },
  billing: { url: 'https://payments.test/charges', keyRetention: Duration.days(1) },
  notifications: { from: 'orders@mail.shop.test', domain: 'customers.test' },
  alarmTopicArn: 'arn:aws:sns:eu-west-1:111111111111:alarms',
  encryptionKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab',
});
const file = '.local/checkov.json';
writeFileSync(file, JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template));

const options = [
  '--framework',
  'cloudformation',
  '--compact',
  '--quiet',
  '--skip-download',
  '--output',
  'json',
];
const { stdout, stderr } = spawnSync(python, ['-m', 'checkov.main', '--file', file, ...options], {
  encoding: 'utf8',
});
if (!stdout.startsWith('{')) {
  say(`checkov did not run: ${stdout}${stderr}`);
  process.exit(1);
}
const { results, summary } = JSON.parse(stdout);
const failed = new Map(results.failed_checks.map((check) => [check.check_id, check]));
const unmet = results.failed_checks.filter(({ check_id: id }) => accepted[id] === undefined);
const stale = Object.keys(accepted).filter((id) => !failed.has(id));
for (const { check_id: id, check_name: name, resource } of unmet) say(`${id} ${resource}: ${name}`);
for (const id of stale) say(`${id} is accepted, and met by now: remove it from the list`);
say(`checkov: ${summary.passed} checks passed, ${Object.keys(accepted).length} rules are accepted`);
process.exit(unmet.length + stale.length + summary.parsing_errors === 0 ? 0 : 1);
