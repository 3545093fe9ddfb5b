export { redisRecordStore } from './record-store.ts';
export type { RedisScripting } from './run-script.ts';
