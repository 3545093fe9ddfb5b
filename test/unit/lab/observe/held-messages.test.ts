import { type Listening, listen } from '../../../../lab/faults/proxy/listen.ts';
import { HeldMessages, heldAt } from '../../../../lab/observe/held-messages.ts';
import { credentials } from '../../../../local/endpoint/client-config.ts';
import { pages } from '../../../../local/ministack/pages.ts';

const visibilityTimeout = 30;
const end = 1_000_000;

/** A message that was given so many seconds before the end, and not touched since. */
function given(messageId: string, secondsBefore: number, receiveCount = 1) {
  return { messageId, receiveCount, visibleAt: end - secondsBefore + visibilityTimeout };
}

const namesOf = (held: readonly { readonly messageId: string }[]) => held.map(({ messageId }) => messageId);

describe('the messages of an invocation', () => {
  it('are those that were received last, with their receive counts', () => {
    const queued = [given('a', 0), given('b', 0, 3)];
    expect(heldAt(queued, end * 1000 + 999, visibilityTimeout)).toEqual([
      { messageId: 'a', receiveCount: 1 },
      { messageId: 'b', receiveCount: 3 },
    ]);
  });

  it.each([
    ['of one that died before it', [given('dead', 3), given('held', 1)]],
    ['that waits for a backoff', [{ ...given('waiting', 0), visibleAt: end + 2 }, given('held', 1)]],
    ['that waits for a long backoff', [{ ...given('waiting', 0), visibleAt: end + 200 }, given('held', 1)]],
  ])('are none %s', (_, queued) => {
    expect(namesOf(heldAt(queued, end * 1000, visibilityTimeout))).toEqual(['held']);
  });

  it('are none that were received longer ago than an invocation can take', () => {
    expect(namesOf(heldAt([given('a', 6)], end * 1000, visibilityTimeout))).toEqual(['a']);
    expect(heldAt([given('a', 7)], end * 1000, visibilityTimeout)).toEqual([]);
  });
});

describe('the messages of the next invocation', () => {
  let emulator: Listening;
  let shown: { MessageId: string; ReceiveCount: number; VisibleAt: number }[] = [];
  beforeAll(async () => {
    emulator = await listen((request, response) => {
      const body =
        request.method === 'GET'
          ? { messages: { account: { region: { queue: shown } } } }
          : { Attributes: { VisibilityTimeout: String(visibilityTimeout) } };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
  });
  afterAll(() => emulator.close());

  it('contain no message of an earlier invocation, unless it was received again', async () => {
    const config = { endpoint: emulator.url, region: 'us-east-1', credentials } as const;
    const held = new HeldMessages({ ...config, useQueueUrlAsEndpoint: false }, pages);
    const queueUrl = `${emulator.url}/queue`;
    const show = (ReceiveCount: number) => {
      const now = Math.floor(Date.now() / 1000);
      shown = [{ MessageId: 'a', ReceiveCount, VisibleAt: now + visibilityTimeout }];
    };
    show(1);
    expect(await held.of(queueUrl)).toEqual([{ messageId: 'a', receiveCount: 1 }]);
    show(1);
    expect(await held.of(queueUrl)).toEqual([]);
    show(2);
    expect(await held.of(queueUrl)).toEqual([{ messageId: 'a', receiveCount: 2 }]);
  });
});
