import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { killFunctions } from '../../../../lab/faults/kill-functions.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const work = {
  busy: 'setInterval(() => { const end = Date.now() + 5; while (Date.now() < end); }, 6);',
  idle: 'setInterval(() => {}, 60_000);',
};

/** A process that looks like a function's: busy all the time or waiting, with a connection or none yet. */
async function start(
  name: string,
  { does, isLoading = false }: { readonly does: keyof typeof work; readonly isLoading?: boolean },
): Promise<ChildProcess & { pid: number }> {
  const script = isLoading
    ? `${work[does]} console.log('up');`
    : `require('node:net').createServer().listen(0, '127.0.0.1', () => { ${work[does]} console.log('up'); });`;
  const child = spawn(process.execPath, ['-e', script], {
    env: { AWS_LAMBDA_FUNCTION_NAME: name },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout ?? child, 'data');
  return child as ChildProcess & { pid: number };
}

/** The state of a process, as proc(5) names it; `T` is stopped. Nothing for one that is gone. */
function stateOf(pid: number | undefined): string | undefined {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(') ')[1]?.[0] : undefined;
}

const options = {
  parent: process.pid,
  functionNames: ['billing'],
  seed: 1,
  heldBy: async () => [],
  signal: new AbortController().signal,
};

if (process.platform === 'linux') {
  describe('ending functions', () => {
    it('kills a working function process, then freezes the next one', async () => {
      const [first, second] = [
        await start('billing', { does: 'busy' }),
        await start('billing', { does: 'busy' }),
      ];
      const batch = [{ messageId: 'a', receiveCount: 2 }];
      const standing: string[] = [];
      const heldBy = async (functionName: string) => {
        standing.push(...children.map(({ pid }) => stateOf(pid)).filter((state) => state === 'T'));
        return functionName === 'billing' ? batch : [];
      };
      const ended = await killFunctions({ ...options, kill: 1, freeze: 1, heldBy });
      expect(ended).toMatchObject({ killed: 1, frozen: 1 });
      expect(standing).toEqual(['T', 'T']);
      const killed = first.signalCode === 'SIGKILL' ? first : second;
      const frozen = killed === first ? second : first;
      expect(killed.signalCode).toBe('SIGKILL');
      expect(frozen.signalCode).toBeNull();
      expect(ended.processes).toMatchObject([
        { way: 'killed', pid: killed.pid, functionName: 'billing', batch },
        { way: 'frozen', pid: frozen.pid, functionName: 'billing', batch },
      ]);
      expect(stateOf(frozen.pid)).toBe('T');
    });

    it('spares idle processes, loading processes and other functions, until it is stopped', async () => {
      const spared = [
        await start('billing', { does: 'idle' }),
        await start('billing', { does: 'busy', isLoading: true }),
        await start('intake', { does: 'busy' }),
      ];
      const stopping = new AbortController();
      const ending = killFunctions({ ...options, kill: 1, freeze: 0, signal: stopping.signal });
      await new Promise((resolve) => setTimeout(resolve, 500));
      stopping.abort();
      await expect(ending).resolves.toEqual({ killed: 0, frozen: 0, processes: [] });
      expect(spared.map(({ signalCode }) => signalCode)).toEqual([null, null, null]);
      expect(spared.map(({ pid }) => stateOf(pid))).not.toContain('T');
    });

    it('does nothing if no process is to be ended', async () => {
      await expect(killFunctions({ ...options, kill: 0, freeze: 0 })).resolves.toEqual({
        killed: 0,
        frozen: 0,
        processes: [],
      });
    });
  });
} else {
  test.skip('ending functions (only on Linux)', () => {});
}
