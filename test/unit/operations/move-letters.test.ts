import { type MoveOptions, moveLetters } from '../../../operations/letters/move-letters.ts';
import { deferralOf, letterIdOf, reasonOf, resendOf } from '../../../operations/letters/resend.ts';
import { FakeQueue } from './fake-queue.ts';

/** A dead-letter queue and the queue of its consumer, with a plan over all of it. */
class Redrive {
  readonly letters = new FakeQueue();
  readonly source = new FakeQueue();
  readonly plan: string;
  readonly deferred: readonly string[];

  constructor({ plan = 'plan', deferred = [] as string[] } = {}) {
    this.plan = plan;
    this.deferred = deferred;
  }

  async run(wanted: readonly string[], given: Partial<MoveOptions> = {}) {
    return await moveLetters({
      client: this.letters.client,
      clock: this.letters.clock,
      deadLetterQueueUrl: 'letters',
      wanted: new Set(wanted),
      isThere: ({ MessageAttributes = {} }) => reasonOf(MessageAttributes)?.plan === this.plan,
      move: async (letter, id) => {
        this.letters.before('move');
        const isDeferred = this.deferred.includes(id);
        const again = isDeferred ? deferralOf(letter, this.plan) : resendOf(letter, this.plan);
        if ('unsendable' in again) return false;
        const target = isDeferred ? this.letters : this.source;
        target.send(again.MessageGroupId, again.MessageDeduplicationId, {
          ...again.MessageAttributes,
          body: { DataType: 'String', StringValue: letter.Body },
        });
        return true;
      },
      moved: async () => {},
      room: async () => {},
      ...given,
    });
  }

  /** What was sent to the consumer, in its order. */
  get sent(): (string | undefined)[] {
    return this.source.all.map(({ MessageAttributes }) => MessageAttributes?.body?.StringValue);
  }

  get left(): string[] {
    return this.letters.all.map(letterIdOf);
  }
}

const three = ['a1', 'a2', 'a3'];

function given(ids: readonly string[], options: ConstructorParameters<typeof Redrive>[0] = {}): Redrive {
  const redrive = new Redrive(options);
  for (const id of ids) redrive.letters.send(id.slice(0, 1), id);
  return redrive;
}

test('letters are sent in the order of their group, and deleted', async () => {
  const redrive = given(three);
  expect((await redrive.run(three)).moved).toEqual(new Set(three));
  expect({ sent: redrive.sent, left: redrive.left }).toEqual({ sent: three, left: [] });
});

test('more letters of a group than one receive gives are sent in order', async () => {
  const many = Array.from({ length: 35 }, (_, index) => `a${index}`);
  const redrive = given(many);
  await redrive.run(many);
  expect(redrive.sent).toEqual(many);
});

// Each letter takes a receive, a move and a deletion: a run of three and the empty end have fewer than 30 requests.
test.each(
  Array.from({ length: 30 }, (_, index) => index),
)('a run that ends before its request %i, and a second one, send each letter once and in order', async (end) => {
  const ids = ['a1', 'b1', 'a2', 'b2', 'a3'];
  const redrive = given(ids);
  let requests = 0;
  redrive.letters.before = () => {
    requests += 1;
    if (requests > end) throw new Error('killed');
  };
  await redrive.run(ids).catch(() => {});
  redrive.letters.before = () => {};
  await redrive.run(ids);
  expect(redrive.left).toEqual([]);
  expect(redrive.sent.filter((id) => id?.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  expect(redrive.sent.filter((id) => id?.startsWith('b'))).toEqual(['b1', 'b2']);
});

test('behind a letter that is not in the plan, nothing of its group is sent, and all of it is shown again', async () => {
  const redrive = given(['a0', ...three, 'b1']);
  const { moved, stuck } = await redrive.run([...three, 'b1']);
  expect({ moved: [...moved], stuck: [...stuck] }).toEqual({ moved: ['b1'], stuck: ['a'] });
  expect(redrive.left).toEqual(['a0', ...three]);
  // Hidden letters would not be given again at once.
  expect((await redrive.run(['a0', ...three])).moved.size).toBe(4);
});

test('deferred letters go to the end in their order, and a second run of the plan leaves them there', async () => {
  const redrive = given(three, { deferred: ['a1', 'a2'] });
  expect((await redrive.run(three)).moved).toEqual(new Set(three));
  expect({ sent: redrive.sent, left: redrive.left }).toEqual({ sent: ['a3'], left: ['a1', 'a2'] });
  await redrive.run(three);
  expect({ sent: redrive.sent, left: redrive.left }).toEqual({ sent: ['a3'], left: ['a1', 'a2'] });
});

test('more deferred letters than one receive gives keep their order, beside another group', async () => {
  const many = Array.from({ length: 14 }, (_, index) => `a${index + 1}`);
  const others = Array.from({ length: 30 }, (_, index) => `b${index}`);
  const redrive = given([...many, 'a15', ...others], { deferred: many });
  await redrive.run([...many, 'a15']);
  expect(redrive.sent).toEqual(['a15']);
  expect(redrive.left.filter((id) => id.startsWith('a'))).toEqual(many);
});

test('a letter that comes back after its redrive is another one', async () => {
  const redrive = given(['a1']);
  await redrive.run(['a1']);
  redrive.letters.send('a', 'another id');
  const { moved } = await redrive.run(['a1']);
  expect({ moved: moved.size, left: redrive.left }).toEqual({ moved: 0, left: ['another id'] });
});

test('a group stops before its letters could be given to another run', async () => {
  const redrive = given(three);
  const requests: string[] = [];
  redrive.letters.before = (request) => {
    requests.push(request.replace('MessageCommand', ''));
    // The machine sleeps while the first letter is deleted.
    if (requests.length === 3) redrive.letters.now += 45_000;
  };
  await redrive.run(three);
  expect(requests.slice(0, 4)).toEqual(['Receive', 'move', 'Delete', 'Receive']);
  expect({ sent: redrive.sent, left: redrive.left }).toEqual({ sent: three, left: [] });
});

test('one group that fails does not end the command before the others have finished', async () => {
  const redrive = given(['a1', 'b1']);
  redrive.source.send('x', 'x');
  const failing = redrive.run(['a1', 'b1'], {
    move: async (_, id) => {
      if (id === 'a1') throw new Error('refused');
      await Promise.resolve();
      return true;
    },
  });
  await expect(failing).rejects.toThrow('refused');
  expect(redrive.left).toEqual(['a1']);
});
