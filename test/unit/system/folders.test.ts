import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { handOver, machineOf, makeOwnFolder, removeFolder, stateFolderOf } from '../../../system/folders.ts';

/** The pid of a process that has ended. */
const { pid: dead } = spawnSync(process.execPath, ['--version']);

describe('stateFolderOf', () => {
  test('is .local/ of the repository for its sources, whatever the working directory', () => {
    const source = '/code/order-once/system/folders.ts';
    expect(stateFolderOf(source, { XDG_CACHE_HOME: '/caches' })).toBe('/code/order-once/.local');
  });

  test("is in the user's folder for caches for the package, so that no asset of a project contains it", () => {
    const module = '/shop/node_modules/order-once/dist/esm/system/folders.js';
    expect(stateFolderOf(module, { XDG_CACHE_HOME: '/caches' })).toBe('/caches/order-once');
    expect(stateFolderOf(module, {})).toMatch(
      new RegExp(`^${homedir()}/(\\.cache|Library/Caches)/order-once$`),
    );
  });
});

describe('machineOf', () => {
  test('tells containers apart by their host names', () => {
    expect(machineOf('linux', 'one')).not.toBe(machineOf('linux', 'other'));
  });

  test('is the same on a Mac in every network, so that the folders of killed processes are found', () => {
    expect(machineOf('darwin', 'ada.local')).toBe(machineOf('darwin', 'ada.office.example.com'));
  });
});

describe('makeOwnFolder', () => {
  const made: string[] = [];
  let runs: string;

  /** A folder of that name that is complete from the first moment on: another run may be tidying up just now. */
  const folder = async (name: string, keeper?: number) => {
    const preparing = join(runs, `preparing-${name}`);
    mkdirSync(preparing);
    writeFileSync(join(preparing, 'file'), '');
    if (keeper !== undefined) await handOver(preparing, keeper);
    const path = join(runs, name);
    renameSync(preparing, path);
    made.push(path);
    return path;
  };
  const make = async (kind: 'runs' | 'installs' = 'runs') => {
    const path = await makeOwnFolder(kind);
    made.push(path);
    return path;
  };

  beforeEach(async () => {
    runs = dirname(await make());
  });

  afterEach(async () => {
    await Promise.all(made.splice(0).map(removeFolder));
  });

  test('makes a new folder every time, and leaves those of living processes', async () => {
    const first = await make();
    const second = await make();
    expect(second).not.toBe(first);
    expect(existsSync(first)).toBe(true);
  });

  test('removes both kinds of folders of killed processes', async () => {
    const left = await folder(`${dead}-0a1b2c-${hostname()}`);
    await make('installs');
    expect(existsSync(left)).toBe(false);
  });

  test('leaves a folder of an ended process while the process that took it over lives', async () => {
    const kept = await folder(`${dead}-0a1b2d-${hostname()}`, process.pid);
    await make();
    expect(existsSync(kept)).toBe(true);
  });

  test('removes that folder after this process has ended too', async () => {
    const kept = await folder(`${dead}-0a1b2e-${hostname()}`, dead);
    await make();
    expect(existsSync(kept)).toBe(false);
  });

  test('leaves the folders of another host, whose processes cannot be checked', async () => {
    const foreign = await folder(`${dead}-0a1b2f-${hostname()}.elsewhere`);
    await make();
    expect(existsSync(foreign)).toBe(true);
  });
});
