import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** What somebody with a store of their own writes, for a runner that is none. */
const program = `
import { memoryStore } from 'order-once/runtime';
import { recordStoreCases } from 'order-once/store-suite';

function subjectOf(store, records) {
  let time = 1_700_000_000_000;
  return {
    store,
    serverTime: false,
    keepsExpired: true,
    now: () => time,
    pass: async (ms) => void (time += ms),
    plant: async (id, record) => void records.set(id, record),
  };
}

async function failures(subject) {
  const failed = [];
  let run = 0;
  for (const each of recordStoreCases) {
    if (each.needs?.(subject) === false) continue;
    run += 1;
    await each.run(subject).catch(() => failed.push(each.name));
  }
  return { run, failed };
}

const sound = memoryStore();
const broken = memoryStore();
const forgetful = { ...broken, complete: async () => ({ kind: 'written' }) };
process.stdout.write(JSON.stringify({
  sound: await failures(subjectOf(sound, sound.records)),
  broken: await failures(subjectOf(forgetful, broken.records)),
}));
`;

describe('the suite that the package exports', () => {
  let folder: string;
  beforeAll(() => {
    // GIVEN the package as it is built, in a project that depends on it
    mkdirSync(join(root, '.local'), { recursive: true });
    folder = mkdtempSync(join(root, '.local', 'store-suite-'));
    const installed = join(folder, 'node_modules', 'order-once');
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(installed, 'dist')];
    execFileSync(process.execPath, [tsc, ...options], { cwd: root });
    copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
    // A package of its own, or the name would lead to this one.
    writeFileSync(join(folder, 'package.json'), '{"name":"of-somebody"}');
    writeFileSync(join(folder, 'prove.mjs'), program);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('runs without a test runner: passes a store that keeps its promises, and tells one that does not', () => {
    // WHEN plain Node runs it
    const output = execFileSync(process.execPath, ['prove.mjs'], { cwd: folder, encoding: 'utf8' });
    // THEN
    const { sound, broken } = JSON.parse(output);
    expect(sound.failed).toEqual([]);
    expect(sound.run).toBeGreaterThan(100);
    expect(broken.failed).toContain('complete of INPROGRESS by its owner: written');
    expect(broken.failed).not.toContain('release of INPROGRESS by its owner: written');
  });
});
