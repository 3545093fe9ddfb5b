import type { RedisScripting } from '../../runtime/stores/redis/run-script.ts';

/** Clauses of the scripts, each with its replacement, which removes or weakens it. */
export const clauses: readonly (readonly [string, string])[] = [
  ['isKnown and ', ''],
  ["(tonumber(record['format']) or 1)", "(tonumber(record['format']) or 2)"],
  ['mine.insideWindow and not mine.expectedExpiration', 'not mine.expectedExpiration'],
  ['mine.insideWindow and not mine.expectedExpiration', 'mine.insideWindow'],
  ["isSameEvent and record['attempt'] == mine.resendToken", 'isSameEvent'],
  ["isSameEvent and record['attempt'] == mine.resendToken", "record['attempt'] == mine.resendToken"],
  ["status == 'OUTCOME_UNKNOWN'\nlocal accepted", 'true\nlocal accepted'],
  ["local isWaiting = status == 'RETRYING'", 'local isWaiting = true'],
  ['(mine.earlierFingerprint and content == mine.earlierFingerprint)', 'false'],
  ['(mine.earlierFingerprint and content == mine.earlierFingerprint)', 'mine.earlierFingerprint'],
  ['content == mine.fingerprint or', ''],
  ['isWaiting and isSameEvent', 'isWaiting'],
  ['isWaiting and isSameEvent', 'isSameEvent'],
  ['isSeen and isWaiting', 'isWaiting'],
  ["and record['message_id'] ~= mine.messageId", ''],
  ['mine.takeOver and', ''],
  ["mine.takeOver and status == 'INPROGRESS'", 'mine.takeOver'],
  ['and leaseUntil and leaseUntil <= now', ''],
  ['isStartable and isRemembered', 'isStartable'],
  ['isRemembered and isSameEvent', 'isRemembered'],
  ["and record['guarantee'] == mine.guarantee", ''],
  ["and record['expiration']", ''],
  ['found, text(now)', 'found'],
  ['found, text(now)', 'found, mine.now'],
  ['isSeen and isStartable', 'isStartable'],
  ["if isAgain then remove('first_attempt_at', 'body', 'body_sha256') end", ''],
  ["redis.call('HSETNX', KEYS[1], 'first_attempt_at'", "redis.call('HSET', KEYS[1], 'first_attempt_at'"],
  ['isMine and isSameEvent and isUnfinished', 'isSameEvent and isUnfinished'],
  ['isMine and isSameEvent and isUnfinished', 'isMine and isUnfinished'],
  ['isMine and isSameEvent and isUnfinished', 'isMine and isSameEvent'],
  ['isMine and isSameEvent and isOpen', 'isSameEvent and isOpen'],
  ['isMine and isSameEvent and isOpen', 'isMine and isOpen'],
  ['isMine and isSameEvent and isOpen', 'isMine and isSameEvent'],
  ["local isOpen = status == 'INPROGRESS'", 'local isOpen = true'],
  ["(isOpen or status == 'RETRYING')", 'isOpen'],
  ["and record['attempt_state'] == 'STARTED'", ''],
  ['mine.countsAttempt and 1 or 0', '1'],
  ["if mine.countsAttempt then set('attempt_state', 'STARTED') end", ''],
  [
    "remove('attempt_state')\n  expire()\nend\nlocal function completed",
    'expire()\nend\nlocal function completed',
  ],
  ["remove('attempt_state')\nset('attempt_state', mine.state)", ''],
  ["remove('attempt_state')\nset('attempt_state', mine.state)", "set('attempt_state', mine.state)"],
  ["remove('attempt_state')\n  expire()\n  return {'written'}", "expire()\n  return {'written'}"],
  ["'in_progress_expiration', 'attempt_state')", "'in_progress_expiration')"],
  ["'attempts', mine.change", "'attempts', 0"],
  ["if not status then return {'written'} end", ''],
  ["if not (isKnown and status) then return refused('fenced') end", ''],
  ['isUnfinished and isAsSeen', 'isAsSeen'],
  ['status == mine.seenStatus and', ''],
  ["and record['attempt'] == mine.seenAttempt", ''],
  ['isAsSeen and isSameEvent', 'isAsSeen'],
  ['(isMine or not isUnderLease)', 'true'],
  ['(isMine or not isUnderLease)', 'not isUnderLease'],
  ["redis.call('HSETNX', KEYS[1], 'attempt', mine.ownerToken)", "set('attempt', mine.ownerToken)"],
  ["redis.call('PERSIST', KEYS[1])", ''],
  ["isMine and status == 'OUTCOME_UNKNOWN'", "status == 'OUTCOME_UNKNOWN'"],
  ["isMine and status == 'OUTCOME_UNKNOWN'", 'isMine'],
  ['now + ms - mine.now', '0 + ms'],
  ["redis.call('PEXPIREAT', KEYS[1], text(at * 1000))", ''],
];

/** A client whose server runs each script with a clause taken out. */
export function without(
  client: RedisScripting,
  clause: string,
  instead: string,
): RedisScripting & { times: number } {
  return {
    times: 0,
    evalSha: () => Promise.reject(new Error('NOSCRIPT')),
    eval(script, options) {
      const broken = script.replace(clause, () => instead);
      if (broken !== script) this.times += 1;
      return client.eval(broken, options);
    },
  };
}
