import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = join(__dirname, '../../../.github/workflows');

interface Job {
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const { permissions, jobs } = parse(text) as { permissions: unknown; jobs: Readonly<Record<string, Job>> };
  return { name, text, permissions, jobs: Object.values(jobs) };
});

describe.each(workflows)('the workflow $name', ({ text, permissions, jobs }) => {
  const steps = jobs.flatMap((job) => job.steps);

  it('names each action by its commit, with the version beside it, because a tag can be moved', () => {
    const actions = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions)
      expect(action).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('uses no stored key', () => {
    expect(text).not.toMatch(/secrets\.|_TOKEN:|access-key/i);
  });

  it('may only read the repository, and has an identity only in jobs of an environment or without a fork', () => {
    expect(permissions).toEqual({ contents: 'read' });
    for (const job of jobs.filter(({ permissions = {} }) => permissions['id-token'] !== undefined)) {
      expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
      expect(job.environment ?? JSON.stringify(job)).toMatch(
        /^(npm|\$\{\{ inputs\.stage \}\})$|head\.repo\.full_name/,
      );
    }
  });

  it('leaves no token of the repository in the checkout, and ends jobs that hang', () => {
    for (const job of jobs) expect(job['timeout-minutes']).toBeGreaterThan(0);
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).toEqual({ 'persist-credentials': false });
    }
  });

  it('puts no text of an event into a command, where a shell would run it', () => {
    for (const { run = '' } of steps) expect(run).not.toMatch(/\$\{\{\s*(github|inputs)\./);
  });

  it('runs only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));
    const named = steps.flatMap(({ run = '' }) =>
      [...run.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});
