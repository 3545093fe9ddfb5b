import { historyAttributes } from '../../../contract/record/history.ts';
import { recordAttributes as attribute, knownFormat } from '../../../contract/record/record-attributes.ts';

/** What an unknown outcome keeps to be sent again. */
const kept = `'${attribute.body}', '${attribute.messageAttributes}', '${attribute.bodySha256}'`;

/*
 * One script per step. Redis runs each script atomically, so its decision is still valid when it writes. The clauses
 * are those of dynamodb/conditions.ts, which has the timeline of each. The clauses on the expiration only check its
 * presence, because an expired key does not exist.
 *
 * KEYS[1] is the record, ARGV the caller's names and values. The caller's times are converted to the server's clock, so
 * that owners with skewed clocks share one clock.
 */
const prologue = `
local mine = {}
for i = 1, #ARGV, 2 do mine[ARGV[i]] = ARGV[i + 1] end
local found = redis.call('HGETALL', KEYS[1])
local record = {}
for i = 1, #found, 2 do record[found[i]] = found[i + 1] end
local status = record['${attribute.status}']
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function here(ms) return now + ms - mine.now end
local function text(number) return string.format('%.0f', number) end
local function refused(why) return {why, found, text(now)} end

local isMine = record['${attribute.attempt}'] == mine.ownerToken
local content = record['${attribute.validation}']
local isSameEvent = content == mine.fingerprint or (mine.earlierFingerprint and content == mine.earlierFingerprint)
local isWaiting = status == 'RETRYING'
  or (status == 'QUARANTINED' and record['${attribute.messageId}'] ~= mine.messageId)
local isKnown = (tonumber(record['${attribute.format}']) or 1) <= ${knownFormat}
local leaseUntil = tonumber(record['${attribute.inProgressExpiration}'])

local function set(name, value) if value then redis.call('HSET', KEYS[1], name, value) end end
local function remove(...) redis.call('HDEL', KEYS[1], ...) end
local function expire()
  local at = math.floor(here(mine.expiration) / 1000)
  set('${attribute.expiration}', text(at))
  redis.call('PEXPIREAT', KEYS[1], text(at * 1000))
end
local function notListed()
  remove('${attribute.attention}', '${attribute.attentionAt}', '${attribute.attentionCode}', '${attribute.nextTryAt}')
end
local function listed(state)
  notListed()
  set('${attribute.attention}', mine[state])
  set('${attribute.attentionAt}', text(now))
end
local function waiting()
  listed('waiting')
  set('${attribute.nextTryAt}', text(here(mine.nextTryAt)))
end
local function begin()
  set('${attribute.validation}', mine.fingerprint)
  set('${attribute.attempt}', mine.ownerToken)
  set('${attribute.consumer}', mine.consumer)
  set('${attribute.source}', mine.source)
  set('${attribute.eventId}', mine.eventId)
  set('${attribute.messageGroup}', mine.messageGroup)
  set('${attribute.sequence}', mine.sequence)
  set('${attribute.subject}', mine.subject)
  set('${attribute.guarantee}', mine.guarantee)
  set('${attribute.messageId}', mine.messageId)
  redis.call('HSETNX', KEYS[1], '${attribute.firstAttemptAt}', text(now))
  remove('${attribute.attemptState}')
  expire()
end
local function completed()
  set('${attribute.status}', 'COMPLETED')
  set('${attribute.completedAt}', text(now))
  remove('${attribute.inProgressExpiration}')
  remove(${kept})
  remove('${attribute.attemptState}')
  notListed()
  expire()
  return {'written'}
end
`;

const claim = `${prologue}
local isAgain = mine.resendToken and status == 'OUTCOME_UNKNOWN'
local accepted
if not status then
  accepted = mine.insideWindow and not mine.expectedExpiration
elseif isAgain then
  accepted = isSameEvent and record['${attribute.attempt}'] == mine.resendToken
else
  local first = tonumber(record['${attribute.firstAttemptAt}'])
  local isStartable = isWaiting
    or (mine.takeOver and status == 'INPROGRESS' and leaseUntil and leaseUntil <= now)
  local isRemembered = not mine.firstAttemptAfter or (first and first > here(mine.firstAttemptAfter))
  local isSeen = not (mine.expectedExpiration and mine.insideWindow)
  accepted = isSeen and isStartable and isRemembered and isSameEvent
    and record['${attribute.guarantee}'] == mine.guarantee and record['${attribute.expiration}']
end
if not (isKnown and accepted) then return refused('exists') end
if isAgain then remove('${attribute.firstAttemptAt}', ${kept}) end
begin()
set('${attribute.status}', 'INPROGRESS')
set('${attribute.inProgressExpiration}', text(here(mine.leaseUntil)))
if mine.countsAttempt then
  set('${attribute.attemptState}', 'STARTED')
  waiting()
end
redis.call('HINCRBY', KEYS[1], '${attribute.attempts}', mine.countsAttempt and 1 or 0)
return {'claimed', found}
`;

const complete = `${prologue}
local isUnfinished = status == 'INPROGRESS' or status == 'OUTCOME_UNKNOWN'
if not (isKnown and isMine and isSameEvent and isUnfinished) then return refused('fenced') end
set('${attribute.data}', mine.result)
remove('${attribute.lastError}')
return completed()
`;

const release = `${prologue}
if not status then return {'written'} end
local isOpen = status == 'INPROGRESS'
if mine.wasCounted then
  isOpen = (isOpen or status == 'RETRYING') and record['${attribute.attemptState}'] == 'STARTED'
end
if not (isKnown and isMine and isSameEvent and isOpen) then return refused('fenced') end
redis.call('HINCRBY', KEYS[1], '${attribute.attempts}', mine.change)
set('${attribute.lastError}', mine.lastError)
remove('${attribute.attemptState}')
set('${attribute.attemptState}', mine.state)
if mine.keepsLease then return {'written'} end
set('${attribute.status}', 'RETRYING')
if mine.isDone then notListed() else waiting() end
remove('${attribute.inProgressExpiration}')
expire()
return {'written'}
`;

const quarantine = `${prologue}
local accepted
if not status then
  accepted = mine.insideWindow and not mine.expectedExpiration
else
  local isSeen = not (mine.expectedExpiration and mine.insideWindow)
  accepted = isSeen and isWaiting and isSameEvent
    and record['${attribute.guarantee}'] == mine.guarantee and record['${attribute.expiration}']
end
if not (isKnown and accepted) then return refused('exists') end
begin()
set('${attribute.status}', 'QUARANTINED')
set('${attribute.attempts}', '0')
set('${attribute.lastError}', mine.lastError)
listed('quarantined')
set('${attribute.attentionCode}', mine.code)
return {'quarantined'}
`;

const holdUnknown = `${prologue}
local isUnfinished = status == 'INPROGRESS' or status == 'RETRYING' or status == 'QUARANTINED'
local isAsSeen = status == mine.seenStatus and record['${attribute.attempt}'] == mine.seenAttempt
local isUnderLease = status == 'INPROGRESS' and leaseUntil and leaseUntil > now
if not (isKnown and isUnfinished and isAsSeen and isSameEvent and (isMine or not isUnderLease)) then
  return refused('fenced')
end
set('${attribute.status}', 'OUTCOME_UNKNOWN')
set('${attribute.body}', mine.body)
set('${attribute.messageAttributes}', mine.messageAttributes)
set('${attribute.bodySha256}', mine.bodySha256)
set('${attribute.lastError}', mine.lastError)
set('${attribute.messageId}', mine.messageId)
redis.call('HSETNX', KEYS[1], '${attribute.attempt}', mine.ownerToken)
listed('unknown')
remove('${attribute.expiration}', '${attribute.inProgressExpiration}', '${attribute.attemptState}')
redis.call('PERSIST', KEYS[1])
return {'written'}
`;

const resolveDone = `${prologue}
if not (isKnown and isMine and status == 'OUTCOME_UNKNOWN') then return refused('fenced') end
return completed()
`;

const block = `${prologue}
if not (isKnown and status) then return refused('fenced') end
set('${attribute.blocked}', mine.messageId)
return {'blocked', found}
`;

const skip = `${prologue}
local isUnsettled = record['${attribute.messageId}'] ~= mine.messageId
  or status == 'INPROGRESS' or status == 'RETRYING'
if not (isKnown and record['${attribute.blocked}'] == mine.messageId and isUnsettled) then return refused('fenced') end
set('${attribute.skip}', mine.messageId)
return {'written'}
`;

/** The times of a history are those of the caller: they are compared with events, not with leases. */
const history = `${prologue}
if #found == 0 then
  set('${historyAttributes.consumer}', mine.consumer)
  set('${historyAttributes.beganAt}', mine.beganAt)
  set('${historyAttributes.from}', mine.from)
  set('${historyAttributes.since}', mine.since)
end
return {'found', redis.call('HGETALL', KEYS[1])}
`;

const find = `return {'found', redis.call('HGETALL', KEYS[1])}`;

export const scripts = {
  claim,
  complete,
  release,
  quarantine,
  holdUnknown,
  resolveDone,
  block,
  skip,
  history,
  find,
} as const;
export type ScriptName = keyof typeof scripts;
