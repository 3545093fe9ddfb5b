import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../system/folders.ts';
import { compileCdkProject, makeCdkProject, runCdkProject } from './cdk-project.ts';
import { examples, installExample, runExample } from './examples.ts';
import { interruptLocal, runIntegrationTest } from './local.ts';
import { nodeVersions } from './node-versions.ts';
import { StepError, step } from './steps.ts';

// `npm run test:package`: packs the package, and uses it in new projects outside of the repository as its users would.

/** Packages and their pinned versions that check the packed package itself. */
const linters = ['@arethetypeswrong/cli@0.18.5', 'publint@0.3.25'] as const;

// Outside of the repository, because Node looks for packages in every folder above a module.
const folder = mkdtempSync(join(tmpdir(), 'order-once-package-'));
try {
  const tarball = pack(join(folder, 'packed'));
  for (const linter of linters) {
    step(linter, ['npx', '--yes', linter, tarball], { cwd: folder });
  }
  const project = join(folder, 'bookings');
  makeCdkProject(project, tarball);
  compileCdkProject(project);
  for (const example of examples) installExample(example, folder, tarball);
  for (const node of nodeVersions()) {
    runCdkProject(project, node);
    for (const example of examples) runExample(example, folder, node);
  }
  runIntegrationTest('cdk-app', folder);
  await interruptLocal(project, 'BookingsStack');
  rmSync(folder, { recursive: true });
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  process.stderr.write(`${error.message}\nThe projects are left in ${folder}\n`);
  process.exitCode = 1;
}

/** Packs the repository. @returns The path of the packed file. */
function pack(destination: string): string {
  mkdirSync(destination);
  const printed = step('npm pack', ['npm', 'pack', '--silent', '--pack-destination', destination], {
    cwd: repository,
  });
  return join(destination, printed.trim().split('\n').at(-1) ?? '');
}
