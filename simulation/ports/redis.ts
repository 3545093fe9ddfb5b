import { type EffectStore, redisRecordStore } from '../../runtime/index.ts';
import type { StoredRecord } from '../../runtime/ports/record-store.ts';
import { recordMembers } from '../../test/support/record-members.ts';
import type { Reply } from '../../test/support/redis/commands.ts';
import { connect, type Sending } from '../../test/support/redis/connect.ts';
import { ReplyError } from '../../test/support/redis/errors.ts';
import { type MemoryRedis, memoryRedis } from '../../test/support/redis/memory-redis.ts';
import type { Spoiled } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { Callers } from './callers.ts';
import { alongRecords, type RecordWatch, type RunStore } from './store.ts';

const prefix = 'order-once:';

/**
 * The runtime's adapter and its scripts, over Redis in memory. Faults happen between the two: a command is lost, late
 * or refused, and the adapter handles that itself. Redis deletes expired records itself.
 */
export function redisRunStore(world: World): RunStore {
  const now = () => Math.floor(world.now);
  const redis = memoryRedis(now);
  const callers = new Callers<Reply>();
  const client = connect(redis, (sending) =>
    callers.send({
      name: sending.command,
      arrive: () => loudly(world, sending),
      spoiled: spoiledOf(redis),
    }),
  );
  const kept = { get: (id: string) => textOf(redis, id), recordOf };

  return {
    records: {
      get: (id) => recordOf(kept.get(id)),
      delete() {
        throw new Error('Only Redis itself deletes expired records');
      },
      *[Symbol.iterator]() {
        for (const key of redis.keys) {
          const id = key.slice(prefix.length);
          yield [id, recordOf(kept.get(id)) as StoredRecord];
        }
      },
    },
    tables: { item: () => undefined },
    over(process, wrote) {
      // The server's clock decides about leases and expirations, so the oracle checks a write by that clock.
      const byServer: RecordWatch = (step, mine, ...change) =>
        wrote(step, { ...mine, now: now() }, ...change);
      const way = callers.wayOf(process, byServer, kept);
      return { ...alongRecords(way, redisRecordStore(client)), ...commitsNothing };
    },
  };
}

const none = () => Promise.reject(new Error('Redis commits no effects'));
const commitsNothing: Pick<EffectStore, 'commit' | 'countAttempt'> = {
  commit: none,
  countAttempt: none,
};

/** An error of the evaluator fails the run. The runtime alone would take it for an error of Redis. */
function loudly(world: World, { arrive }: Sending): Reply {
  try {
    return arrive();
  } catch (error) {
    const isAsked = error instanceof ReplyError && error.message.startsWith('NOSCRIPT');
    if (!isAsked) world.violated((error as Error).message);
    throw error;
  }
}

/** The errors of a client for a command with a fault. */
function spoiledOf(redis: MemoryRedis): Spoiled<Reply> {
  const says = (message: string) => (): never => {
    throw new Error(message);
  };
  return {
    lost: says('Socket closed unexpectedly'),
    refused: says("NOPERM this user has no permissions to run the 'evalsha' command"),
    throttled() {
      // Redis was restarted, and does not load scripts again.
      redis.forgetScripts();
      throw new Error('LOADING Redis is loading the dataset in memory');
    },
    conflicting: says("READONLY You can't write against a read only replica."),
  };
}

/** All fields of a record as one text, by which a change is detected. */
function textOf(redis: MemoryRedis, id: string): string | undefined {
  const fields = redis.execute('HGETALL', prefix + id) as readonly string[];
  return fields.length === 0 ? undefined : JSON.stringify(fields);
}

const numbers: ReadonlySet<string> = new Set(['expiration', 'attempts', 'firstAttemptAt', 'leaseUntil']);

/** The record of a hash, read without the adapter that wrote it. */
function recordOf(text: string | undefined): StoredRecord | undefined {
  if (text === undefined) return undefined;
  const fields = JSON.parse(text) as readonly string[];
  const entries = Object.entries(recordMembers).map(([member, name]) => {
    // A value may equal the name of a field.
    const place = fields.findIndex((field, index) => index % 2 === 0 && field === name);
    const value = place < 0 ? undefined : fields[place + 1];
    return [member, value !== undefined && numbers.has(member) ? Number(value) : value];
  });
  return Object.fromEntries(entries) as unknown as StoredRecord;
}
