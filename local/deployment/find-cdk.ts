import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '../../system/errors.ts';

/**
 * The first version whose requests follow AWS_ENDPOINT_URL: it uses version 3 of the AWS SDK. Older ones would go to AWS itself
 * (release notes of the AWS CDK, "v2.167.0").
 */
const oldest = { major: 2, minor: 167 };

/**
 * The script of the CDK's command that is installed for a project: in its `node_modules` or those of a folder above it, as in
 * a workspace.
 *
 * @param project Path of the project.
 * @throws ToolError if there is none, or if it is too old to be led to an emulator.
 */
export function findCdk(project: string): string {
  for (let folder = project; ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules', 'aws-cdk');
    const script = join(installed, 'bin', 'cdk');
    if (existsSync(script)) {
      checkVersion(installed);
      return script;
    }
    if (dirname(folder) === folder) break;
  }
  throw new ToolError(
    `The CDK's command is not installed in ${project}. Install it: npm install --save-dev aws-cdk`,
  );
}

function checkVersion(installed: string): void {
  const { version }: { version: string } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new ToolError(
    `The CDK's command in ${installed} is version ${version}, which ignores AWS_ENDPOINT_URL and would deploy to AWS. ` +
      `It must be ${oldest.major}.${oldest.minor} or later: npm install --save-dev aws-cdk@latest`,
  );
}
