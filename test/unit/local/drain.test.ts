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

  it('allows for an outage and the longest backoff after it', () => {
    expect(drainTimeoutSeconds(0)).toBe(360);
    expect(drainTimeoutSeconds(600)).toBeGreaterThanOrEqual(600 + backoffCapSeconds);
  });
});
