import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceLoader } from '../system/source-loader.ts';

/** A process of its own: a run replaces the clock of its thread, and threads load the sources as Node reads them. */
function simulate(...args: readonly string[]): Promise<{ code: number; output: string; errors: string }> {
  const program = join(__dirname, 'command', 'simulate.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [...sourceLoader, program, ...args], (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
  });
}

describe('npm run simulate', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulation-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('finds no failure in a range of seeds, and gets the same log twice', async () => {
    // GIVEN seeds of every workload
    const json = join(folder, 'result.json');

    // WHEN they run
    const { code, output } = await simulate('--seeds', '1..20', '--json', json);

    // THEN nothing was lost, nothing doubled, and faults did strike
    expect(output).toContain('20 seeds, 0 of them failed');
    expect(code).toBe(0);
    const { struck } = JSON.parse(await readFile(json, 'utf8'));
    for (const kind of ['crash before', 'crash after', 'lost reply', 'owner past its lease', 'TTL late']) {
      expect(struck[kind]).toBeGreaterThan(0);
    }
  });

  it('names the seed and the replay command if a rule is broken', async () => {
    const { code, output } = await simulate('--seeds', '1..2', '--mutant', 'no condition');
    expect(code).toBe(1);
    expect(output).toMatch(/^Seed 1 \(\w+\): .*(what was completed changed|another event took its place)/m);
    expect(output).toMatch(/^ {2}npm run simulate -- --seeds 1\.\.1 .*--mutant "no condition" --trace$/m);
  });

  it('finds an error in a Redis script', async () => {
    const { code, output } = await simulate(
      ...['--seeds', '20..20', '--workload', 'redis', '--mutant', 'a script without a fence'],
    );
    expect(code).toBe(1);
    expect(output).toMatch(/^Seed 20 \(redis\): complete of billing.* another's claim was settled/m);
  });

  it('refuses an invalid option in one sentence', async () => {
    const { code, errors } = await simulate('--seeds', '9..1');
    expect(code).toBe(2);
    expect(errors).toBe(
      '--seeds is "9..1": it takes two whole numbers, the lower first, of 1000000 seeds at most: 1..1000\n',
    );
  });
});
