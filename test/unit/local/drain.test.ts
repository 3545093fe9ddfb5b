import type { SQSClient } from '@aws-sdk/client-sqs';
import { backoffCapSeconds } from '../../../contract/policies/retry-policy.ts';
import { drain, drainTimeoutSeconds } from '../../../local/queues/drain.ts';

/** Queues whose messages are all hidden, as many as the n-th look says. */
function hiding(depths: readonly number[]) {
  let looks = 0;
  const client = {
    send: async () => {
      const ApproximateNumberOfMessagesNotVisible = String(depths[looks] ?? 0);
      looks += 1;
      return { Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible } };
    },
  };
  return { client: client as unknown as SQSClient, looks: () => looks };
}

describe('waiting until queues are empty', () => {
  it('continues while messages are hidden, and until the queues stay empty', async () => {
    const { client, looks } = hiding([2, 2, 0, 1, 1]);
    const seen: number[] = [];
    await drain(client, ['queue'], 60, (left) => seen.push(left));
    expect(seen).toEqual([2, 2, 0, 1, 1, 0, 0, 0, 0]);
    expect(looks()).toBe(9);
  });

  it('fails if no message is settled within the timeout, and names queue and time', async () => {
    const { client } = hiding(Array(100).fill(3));
    await expect(drain(client, ['queue'], 0.5, () => {})).rejects.toThrow(
      '3 messages stay in queue: none was settled for 0.5 s',
    );
  });

  it('continues while a topic fills the queues slowly, and while they empty from their peak', async () => {
    // Each look takes a quarter of a second: the queues grow for 1 s, and need 1 s from their peak back to their first depth.
    const { client } = hiding([2, 4, 6, 8, 10, 8, 6, 4, 3]);
    await expect(drain(client, ['queue'], 0.6, () => {})).resolves.toBeUndefined();
  });

  it('fails if the number of messages only goes up and down', async () => {
    const { client } = hiding(Array.from({ length: 100 }, (_, look) => 3 + (look % 2)));
    await expect(drain(client, ['queue'], 0.6, () => {})).rejects.toThrow('messages stay in queue');
  });

  it('allows for an outage and the longest backoff after it', () => {
    expect(drainTimeoutSeconds(0)).toBe(360);
    expect(drainTimeoutSeconds(600)).toBeGreaterThanOrEqual(600 + backoffCapSeconds);
  });
});
