import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownEnvironment } from '../../../system/environment.ts';
import { findPython, probePath } from '../../../system/python/find-python.ts';

const folder = join(__dirname, '../../../local/localstack/python');
const program = join(__dirname, 'programs', 'invoke.py');

const source = `
export const handler = async (event, context) => {
  if (event === 'throw') throw new TypeError('no such order');
  if (event === 'exit') process.exit(3);
  if (event === 'hang') await new Promise((resolve) => setTimeout(resolve, 1_000_000));
  console.log('got ' + event);
  return { event, pid: process.pid, id: context.awsRequestId, name: context.functionName };
};
export const callback = (event, context, done) => done(null, 'called back');
`;

let code: string;

beforeEach(() => {
  code = mkdtempSync(join(tmpdir(), 'function-'));
  writeFileSync(join(code, 'index.mjs'), source);
});

afterEach(() => {
  rmSync(code, { recursive: true });
});

interface Ended {
  readonly result?: Readonly<Record<string, unknown>>;
}

/** @returns The end of each invocation. */
async function invoke(events: readonly string[], handler = 'index.handler'): Promise<Ended[]> {
  const { executable } = await findPython(probePath(ownEnvironment()));
  const args = ['-I', '-B', program, folder, process.execPath, code, handler];
  const { stdout } = await promisify(execFile)(executable, [
    ...args,
    ...events.map((event) => JSON.stringify(event)),
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Ended);
}

describe('a function as a process', () => {
  it('serves one invocation after the other, with its own request id', async () => {
    const [first, second] = await invoke(['a', 'b']);
    expect([first, second]).toMatchObject([
      { result: { event: 'a', id: 'request-0', name: 'orders' } },
      { result: { event: 'b', id: 'request-1' } },
    ]);
    expect(second?.result?.pid).toBe(first?.result?.pid);
    expect(readFileSync(join(code, 'output.log'), 'utf8')).toBe('got a\ngot b\n');
  });

  it("returns the handler's error as Lambda does, and goes on with the next invocation", async () => {
    expect(await invoke(['throw', 'b'])).toMatchObject([
      { error: { errorType: 'TypeError', errorMessage: 'no such order' } },
      { result: { event: 'b' } },
    ]);
  });

  it('ends its invocation with the exit status if it ends by itself, and answers no further one', async () => {
    expect(await invoke(['exit', 'b'])).toEqual([
      { exited: 'Runtime exited with error: exit status 3' },
      { exited: 'Runtime exited with error: exit status 3' },
    ]);
  });

  it('ends its invocation with the signal if it is killed at its timeout', async () => {
    expect(await invoke(['hang'])).toEqual([
      { timeout: 0.5 },
      { exited: 'Runtime exited with error: signal: killed' },
    ]);
  });

  it('returns the result that a handler gives to its callback', async () => {
    expect(await invoke(['a'], 'index.callback')).toEqual([{ result: 'called back' }]);
  });

  it('fails with the error of Lambda, and is not started again, if it does not get to its first invocation in time', async () => {
    writeFileSync(join(code, 'index.mjs'), 'await new Promise((resolve) => setTimeout(resolve, 1_000_000));');
    const { executable } = await findPython(probePath(ownEnvironment()));
    const args = ['-I', '-B', join(__dirname, 'programs', 'start_environment.py'), folder, code];
    const { stdout } = await promisify(execFile)(executable, args, {
      env: { ...ownEnvironment(), FUNCTIONS_NODE: process.execPath },
    });
    expect(JSON.parse(stdout)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: 'Error: Task timed out after 1.00 seconds',
    });
  });

  it('does not start if its handler is missing, and says which', async () => {
    expect(await invoke(['a'], 'index.missing')).toMatchObject([
      { start: { error: { errorMessage: 'index.missing is not a function' } } },
    ]);
  });
});
