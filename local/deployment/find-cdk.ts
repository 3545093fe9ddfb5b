import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '../../system/errors.ts';

/**
 * The script of the CDK's command that is installed for a project: in its `node_modules` or those of a folder above it, as in
 * a workspace.
 *
 * @param project Path of the project.
 * @throws ToolError if there is none.
 */
export function findCdk(project: string): string {
  for (let folder = project; ; folder = dirname(folder)) {
    const script = join(folder, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    if (existsSync(script)) return script;
    if (dirname(folder) === folder) break;
  }
  throw new ToolError(
    `The CDK's command is not installed in ${project}. Install it: npm install --save-dev aws-cdk`,
  );
}
