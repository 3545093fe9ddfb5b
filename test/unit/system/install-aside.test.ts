import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installAside } from '../../../system/install/install-aside.ts';

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(process.cwd(), '.local', 'install-aside-'));
  home = join(folder, 'deep', 'tool');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const isComplete = async () => existsSync(join(home, 'done'));

function write(target: string, text: string): void {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'done'), text);
}

describe('installAside', () => {
  it('moves an installation to its place when it is complete', async () => {
    let made = '';
    await installAside({
      home,
      isComplete,
      async make(target) {
        made = target;
        write(target, 'first');
        expect(existsSync(home)).toBe(false);
      },
    });
    expect(readFileSync(join(home, 'done'), 'utf8')).toBe('first');
    expect(existsSync(dirname(made))).toBe(false);
  });

  it('leaves nothing behind if the installation fails', async () => {
    let made = '';
    const make = async (target: string) => {
      made = target;
      mkdirSync(target);
      throw new Error('no network');
    };
    await expect(installAside({ home, isComplete, make })).rejects.toThrow('no network');
    expect([home, dirname(made)].map(existsSync)).toEqual([false, false]);
  });

  it('keeps the installation of another process that was faster', async () => {
    await installAside({
      home,
      isComplete,
      async make(target) {
        write(home, 'theirs');
        write(target, 'ours');
      },
    });
    expect(readFileSync(join(home, 'done'), 'utf8')).toBe('theirs');
  });

  it('replaces an installation that became unusable', async () => {
    mkdirSync(join(home, 'rest'), { recursive: true });
    await installAside({ home, isComplete, make: async (target) => write(target, 'new') });
    expect(readFileSync(join(home, 'done'), 'utf8')).toBe('new');
    expect(existsSync(join(home, 'rest'))).toBe(false);
  });
});
