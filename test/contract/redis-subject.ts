import { redisRecordStore } from '../../runtime/stores/redis/record-store.ts';
import type { RedisScripting } from '../../runtime/stores/redis/run-script.ts';
import { plantedAttributes } from './planted.ts';
import type { StoreUnderTest } from './subject.ts';

export interface Redis extends Pick<StoreUnderTest, 'now' | 'pass'> {
  readonly client: RedisScripting;
  /** Sends a command past the store. */
  command(name: string, ...values: readonly string[]): Promise<unknown>;
}

/** The Redis store over a server. @param store In place of one over the server's client. */
export function redisSubject(
  { client, command, now, pass }: Redis,
  store = redisRecordStore(client),
): StoreUnderTest {
  return {
    store,
    serverTime: true,
    keepsExpired: false,
    now,
    pass,
    async plant(id, record) {
      const key = `order-once:${id}`;
      for (const [name, value] of Object.entries(plantedAttributes(record))) {
        if (value !== undefined) await command('HSET', key, name, String(value));
      }
      if (record.expiration !== undefined) await command('PEXPIREAT', key, String(record.expiration * 1000));
    },
  };
}
