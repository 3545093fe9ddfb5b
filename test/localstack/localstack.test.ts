import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ownEnvironment, withoutAws } from '../../system/environment.ts';
import { repository } from '../../system/folders.ts';
import { sourceLoader } from '../../system/source-loader.ts';

const port = 4599;
const url = `http://127.0.0.1:${port}`;

let command: ChildProcess;
let said: string;

/** Starts `npm run localstack`, and its DynamoDB by a first request. */
beforeEach(async () => {
  said = '';
  command = spawn(process.execPath, [...sourceLoader, 'local/localstack/serve.ts', '--port', String(port)], {
    cwd: repository,
    env: { ...withoutAws(ownEnvironment()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of command.stdout as Readable) {
    said += text;
    if (said.includes('\n')) break;
  }
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials });
  await client.send(new ListTablesCommand({}));
  client.destroy();
});

afterEach(() => {
  command.kill('SIGKILL');
});

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly args: string;
}

async function running(): Promise<Running[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,ppid=,pgid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, group, args] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return args === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), group: Number(group), args }];
  });
}

/** LocalStack and the programs that it started. */
async function ofLocalStack(): Promise<Running[]> {
  const all = await running();
  const leader = all.find(({ parent, args }) => parent === command.pid && args.includes('follow-parent.py'));
  return all.filter(({ group }) => group === leader?.pid);
}

async function answers(host: string, at: number): Promise<boolean> {
  const socket = createConnection({ host, port: at });
  return (await new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy())) as boolean;
}

describe('npm run localstack', () => {
  test('prints a line for the shell, and listens on the loopback interface only, DynamoDB included', async () => {
    expect(said).toMatch(new RegExp(`^export AWS_ENDPOINT_URL=${url}  # Ctrl-C here stops LocalStack`));
    const dynamodb = (await ofLocalStack()).find(({ args }) => args.includes('loopback_dynamodb.py'));
    const dynamodbPort = Number(dynamodb?.args.split(' ').at(-2));
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each !== undefined && each.family === 'IPv4' && !each.internal)?.address;
    for (const each of [port, dynamodbPort]) {
      expect(await answers('127.0.0.1', each)).toBe(true);
      if (outside !== undefined) expect(await answers(outside, each)).toBe(false);
    }
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('leaves no process behind when %s ends it', async (signal) => {
    // GIVEN LocalStack and DynamoDB
    const before = await ofLocalStack();
    expect(before.length).toBeGreaterThanOrEqual(2);
    // WHEN
    const exited = once(command, 'exit');
    command.kill(signal);
    await exited;
    // THEN
    const isLeft = async () => {
      const pids = (await running()).map(({ pid }) => pid);
      return before.some(({ pid }) => pids.includes(pid));
    };
    while (await isLeft()) await delay(50);
  });
});
