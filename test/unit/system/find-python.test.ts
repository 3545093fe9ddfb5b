import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython, type Python, pyenvPythons } from '../../../system/python/find-python.ts';

const python = (executable: string, minor: number, venv = true): Python => ({
  executable,
  major: 3,
  minor,
  venv,
});

/** A machine with these commands. */
const machine = (commands: Readonly<Record<string, Python>>) => async (command: string) => commands[command];

describe('findPython', () => {
  test('takes python3 if it is new enough, whatever other versions exist', async () => {
    const found = await findPython(
      machine({ python3: python('/a/python3', 10), 'python3.13': python('/b/python3.13', 13) }),
    );
    expect(found.executable).toBe('/a/python3');
  });

  test('continues with other names if python3 is too old', async () => {
    const found = await findPython(
      machine({ python3: python('/a/python3', 9), 'python3.12': python('/b/python3.12', 12) }),
    );
    expect(found.executable).toBe('/b/python3.12');
  });

  test('continues with other names if python3 cannot create a virtual environment', async () => {
    const found = await findPython(
      machine({ python3: python('/a/python3', 11, false), python: python('/b/python', 10) }),
    );
    expect(found.executable).toBe('/b/python');
  });

  test('compares major versions before minor versions', async () => {
    const next = { ...python('/a/python3', 0), major: 4 };
    const last = { ...python('/b/python', 18), major: 2 };
    expect((await findPython(machine({ python3: next }))).executable).toBe('/a/python3');
    await expect(findPython(machine({ python: last }))).rejects.toThrow('/b/python is 2.18');
  });

  test('says on Windows, before it looks for anything, that the tool does not run there', async () => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      const finding = findPython(machine({ python3: python('C:\\python3.exe', 12) }));
      await expect(finding).rejects.toMatchObject({
        code: 'TOOL',
        message: 'The local emulator runs on Linux and macOS only: on Windows, use WSL.',
      });
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });

  test('fails with both fixes if there is no Python', async () => {
    await expect(findPython(machine({}))).rejects.toMatchObject({
      code: 'TOOL',
      message: expect.stringMatching(
        /Python >= 3\.10.*none on the PATH\. Install Python, or .*LocalStack in Docker.*AWS_ENDPOINT_URL=http/,
      ),
    });
  });

  test('fails with the versions that it found if all are too old', async () => {
    await expect(findPython(machine({ python3: python('/a/python3', 9) }))).rejects.toThrow(
      '(/a/python3 is 3.9)',
    );
  });

  test('takes only versions up to the newest that the tool runs on', async () => {
    const versions = { tool: 'LocalStack', oldest: 13, newest: 13 };
    const both = machine({ python3: python('/a/python3', 14), 'python3.13': python('/b/python3.13', 13) });
    expect((await findPython(both, versions)).executable).toBe('/b/python3.13');
    await expect(findPython(machine({ python3: python('/a/python3', 14) }), versions)).rejects.toThrow(
      'LocalStack needs Python 3.13, and there is none on the PATH (/a/python3 is 3.14)',
    );
  });

  test('takes an interpreter from elsewhere if the PATH has none', async () => {
    const found = await findPython(
      machine({ python3: python('/a/python3', 9), '/pyenv/python': python('/pyenv/python', 12) }),
      undefined,
      ['/pyenv/python'],
    );
    expect(found.executable).toBe('/pyenv/python');
  });

  test('fails with the package to install if only venv is missing', async () => {
    await expect(
      findPython(machine({ python3: python('/usr/bin/python3', 11, false), python: python('/a/python', 9) })),
    ).rejects.toThrow(/\/usr\/bin\/python3 \(Python 3\.11\).*"apt install python3\.11-venv"/);
  });
});

describe('pyenvPythons', () => {
  test('are all versions that pyenv has installed, newest first', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pyenv-'));
    for (const version of ['3.9.18', '3.13.0', '3.10.2'])
      mkdirSync(join(folder, 'versions', version), { recursive: true });
    try {
      expect(pyenvPythons({ PYENV_ROOT: folder })).toEqual(
        ['3.13.0', '3.10.2', '3.9.18'].map((version) => join(folder, 'versions', version, 'bin', 'python')),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('are none without pyenv', () => {
    expect(pyenvPythons({ HOME: '/nowhere' })).toEqual([]);
  });
});
