import { redisRecordStore } from '../../../runtime/index.ts';

/** What the store makes of a step that fails with this. */
function release(error: Error, id = 'key') {
  const fail = () => Promise.reject(error);
  const delivery = { id, fingerprint: 'print', ownerToken: 'mine', now: 1, expiration: 2 };
  return redisRecordStore({ evalSha: fail, eval: fail }).release(delivery as never, 'why', { change: 0 });
}

/** As `@redis/client` names them; a bundle that is minified leaves nothing of their classes but the text. */
describe('an error of Redis', () => {
  it.each([
    'LOADING Redis is loading the dataset in memory',
    'CLUSTERDOWN The cluster is down',
    'READONLY You can’t write against a read only replica.',
    'ERR Error running script (call to f_9e): @user_script:29: @user_script: 29: -READONLY You can’t write',
    'NOREPLICAS Not enough good replicas to write.',
    'OOM command not allowed when used memory > maxmemory',
    'Socket closed unexpectedly',
    'Connection timeout',
    'The client is offline',
    'The command was aborted',
    'connect ECONNREFUSED 127.0.0.1:6379',
  ])('can be retried if it is "%s"', async (message) => {
    await expect(release(new Error(message))).resolves.toMatchObject({ kind: 'contended' });
  });

  it.each([
    new Error('WRONGTYPE Operation against a key holding the wrong kind of value'),
    new Error('NOPERM this user has no permissions to run the evalsha command'),
    new Error('NOAUTH Authentication required.'),
    new Error('ERR Error running script'),
    new Error('ERR Error running script (call to f_9e): @user_script:29: -WRONGTYPE Operation against a key'),
    new Error('The client is closed'),
    new TypeError('client.evalSha is not a function'),
  ])('is not retried if it is %s', async (error) => {
    await expect(release(error)).rejects.toBe(error);
  });
});
