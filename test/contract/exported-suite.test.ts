import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entries } from '../../packaging/entries.ts';
import { sourceLoader } from '../../system/source-loader.ts';

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

/** Loads every entry point in both ways, and says what the two have. */
const loading = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const loaded = {};
for (const path of Object.keys(require('./node_modules/order-once/package.json').exports)) {
  const name = path.replace('.', 'order-once');
  const [imported, required] = [await import(name), require(name)];
  const isSame = Object.keys(required).every((one) => imported[one] === required[one]);
  loaded[name] = { imported: Object.keys(imported).sort(), required: Object.keys(required).sort(), isSame };
}
process.stdout.write(JSON.stringify(loaded));
`;

interface Loaded {
  readonly imported: readonly string[];
  readonly required: readonly string[];
  readonly isSame: boolean;
}

describe('the package as it is built', () => {
  let folder: string;
  beforeAll(() => {
    // GIVEN the package as it is built, in a project that depends on it
    mkdirSync(join(root, '.local'), { recursive: true });
    folder = mkdtempSync(join(root, '.local', 'store-suite-'));
    const installed = join(folder, 'node_modules', 'order-once');
    const build = join(root, 'packaging', 'build.ts');
    execFileSync(process.execPath, [...sourceLoader, build, join(installed, 'dist')], { cwd: root });
    copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
    // A package of its own, or the name would lead to this one.
    writeFileSync(join(folder, 'package.json'), '{"name":"of-somebody"}');
    writeFileSync(join(folder, 'prove.mjs'), program);
    writeFileSync(join(folder, 'load.mjs'), loading);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('exports a suite that runs without a test runner, passes a correct store and fails a broken one', () => {
    // WHEN plain Node runs it
    const output = execFileSync(process.execPath, ['prove.mjs'], { cwd: folder, encoding: 'utf8' });
    // THEN
    const { sound, broken } = JSON.parse(output);
    expect(sound.failed).toEqual([]);
    expect(sound.run).toBeGreaterThan(100);
    expect(broken.failed).toContain('complete by the owner of a record that is INPROGRESS is written');
    expect(broken.failed).not.toContain('release by the owner of a record that is INPROGRESS is written');
  });

  it('loads each entry point with import and with require, with the same construct classes in both', () => {
    // WHEN
    const output = execFileSync(process.execPath, ['load.mjs'], { cwd: folder, encoding: 'utf8' });
    // THEN
    const loaded = Object.entries<Loaded>(JSON.parse(output));
    expect(loaded).toHaveLength(Object.keys(entries).length + 1);
    for (const [, { imported, required }] of loaded) {
      expect(required.length).toBeGreaterThan(0);
      expect(imported).toEqual(required);
    }
    const single = loaded.filter(([name]) => entries[name.replace('order-once/', '')]?.single);
    expect(single.length).toBeGreaterThan(0);
    for (const [, { isSame }] of single) expect(isSame).toBe(true);
  });
});
