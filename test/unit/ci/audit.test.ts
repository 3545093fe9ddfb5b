import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-once-audit-'));
  mkdirSync(join(folder, '.ci'));
  cpSync(join(__dirname, '../../../.ci/audit'), join(folder, '.ci/audit'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the step with a command `npm` that prints this report and ends with this code. */
function audit(report: object, code: number) {
  const npm = join(folder, 'npm');
  writeFileSync(npm, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(report, undefined, 2)}\nEND\nexit ${code}\n`);
  chmodSync(npm, 0o755);
  // biome-ignore lint/style/noProcessEnv: the step looks for npm in the PATH.
  const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
  const { status, stdout } = spawnSync('bash', [join(folder, '.ci/audit')], { encoding: 'utf8', env });
  return { status, firstLine: stdout.split('\n')[0] };
}

const advisories = 'https://registry.example/-/npm/v1/security/advisories/bulk';

test('passes if no dependency has a known vulnerability', () => {
  expect(audit({ auditReportVersion: 2, vulnerabilities: {} }, 0)).toEqual({
    status: 0,
    firstLine: 'npm audit: no known vulnerability',
  });
});

test('fails if a dependency has a known vulnerability', () => {
  expect(audit({ auditReportVersion: 2, vulnerabilities: { valibot: {} } }, 1)).toMatchObject({
    status: 1,
    firstLine: expect.stringMatching(/^npm audit: a dependency has a known vulnerability/),
  });
});

test.each([
  [
    'offers no audit',
    { message: `405 Method Not Allowed - POST ${advisories}`, method: 'POST', uri: advisories },
  ],
  [
    'cannot be reached',
    { message: `request to ${advisories} failed, reason: connect ECONNREFUSED`, error: {} },
  ],
])('is skipped, with the reason, if the registry %s', (_, report) => {
  expect(audit(report, 1)).toEqual({
    status: 0,
    firstLine: `npm audit: skipped, the registry answers no audit: ${report.message}`,
  });
});

test('fails if npm fails for another reason', () => {
  expect(
    audit({ error: { code: 'ENOLOCK', summary: 'This command requires an existing lockfile.' } }, 1),
  ).toMatchObject({
    status: 1,
    firstLine: 'npm audit: failed',
  });
});
