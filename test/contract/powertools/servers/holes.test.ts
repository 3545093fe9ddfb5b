import { randomUUID } from 'node:crypto';
import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { canRunDynamoDbLocal, createTables, startDynamoDbLocal } from '../../servers/dynamodb-local.ts';
import {
  atWork,
  type Call,
  contextOf,
  fenced,
  gate,
  type Input,
  type Kind,
  keyPrefix,
  leaseMs,
  plain,
  processOf,
} from '../calls.ts';

const minute = 60_000;
const disabled = 'POWERTOOLS_IDEMPOTENCY_DISABLED';

/*
 * What plain Powertools does in each scene, run, beside the same scene with the fenced layer. A scene of plain
 * Powertools that fails here is one that a newer version closed.
 */
(canRunDynamoDbLocal ? describe : describe.skip)('plain Powertools and the fenced layer', () => {
  let server: Awaited<ReturnType<typeof startDynamoDbLocal>>;
  let client: DynamoDBClient;
  beforeAll(async () => {
    server = await startDynamoDbLocal();
    client = server.connect();
    await createTables(client);
    // It warns of what the scenes do on purpose.
    jest.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterAll(() => server?.stop());

  const both = (kind: Kind) => ({
    kind,
    input: (): Input => ({ key: randomUUID() }),
    late: { kind, client, remaining: leaseMs } satisfies Call,
    call: { kind, client, remaining: minute } satisfies Call,
  });

  describe('a stale owner fails while another call runs', () => {
    async function thirdCall(kind: Kind): Promise<unknown> {
      const { call, late, input: newInput } = both(kind);
      const input = newInput();
      // GIVEN a first call whose lease is over, and a second one at work
      const first = await atWork(late, input);
      await kind.leaseIsOver();
      const second = await atWork(call, input);
      // WHEN the first one fails, and a third call comes
      first.throws(new Error('too late'));
      await expect(first.answer).rejects.toThrow('too late');
      const third = processOf(call, () => 'ran again')({ ...input }).catch((error: Error) => error.name);
      const answer = await third;
      second.returns('second');
      await second.answer.catch(() => {});
      return answer;
    }

    test('plain: it deletes the record, and a third call runs beside the second one', async () => {
      await expect(thirdCall(plain)).resolves.toBe('ran again');
    });

    test('fenced: the third call waits for the second one', async () => {
      await expect(thirdCall(fenced())).resolves.toBe('IdempotencyAlreadyInProgressError');
    });
  });

  describe('a stale owner completes after another call', () => {
    async function answers(kind: Kind) {
      const { call, late, input: newInput } = both(kind);
      const input = newInput();
      const first = await atWork(late, input);
      await kind.leaseIsOver();
      const second = await processOf(call, () => 'second')({ ...input });
      first.returns('first');
      const stale = await first.answer.catch((error: Error) => (error.cause as { code?: string }).code);
      const later = await processOf(call, () => 'ran again')({ ...input });
      return { second, stale, later };
    }

    test('plain: its result replaces the earlier answer', async () => {
      await expect(answers(plain)).resolves.toEqual({ second: 'second', stale: 'first', later: 'first' });
    });

    test('fenced: it gets a FENCED error, and the first saved answer stays', async () => {
      await expect(answers(fenced())).resolves.toEqual({
        second: 'second',
        stale: 'FENCED',
        later: 'second',
      });
    });
  });

  describe('results expire sooner than a call ends', () => {
    async function secondCall(kind: Kind): Promise<unknown> {
      const { call, input: newInput } = both(kind);
      const input = newInput();
      const config = { expiresAfterSeconds: 1 };
      // GIVEN a call at work that takes longer than a result counts, but not than its lease
      const first = await atWork({ ...call, config }, input);
      await kind.resultIsOver();
      const answer = await processOf(
        { ...call, config },
        () => 'ran again',
      )({ ...input }).catch((error: Error) => error.name);
      first.returns('first');
      await first.answer.catch(() => {});
      return answer;
    }

    test('plain: a second call runs beside it', async () => {
      await expect(secondCall(plain)).resolves.toBe('ran again');
    });

    test('fenced: the second call waits', async () => {
      await expect(secondCall(fenced())).resolves.toBe('IdempotencyAlreadyInProgressError');
    });
  });

  test.each([
    plain,
    fenced(),
  ])('$name: a crash between the effect and its record repeats the effect, which no layer can prevent', async (kind) => {
    const { call, late, input: newInput } = both(kind);
    const input = newInput();
    let effects = 0;
    // GIVEN a process that dies after its effect
    const dead = processOf(late, () => {
      effects += 1;
      return new Promise<never>(() => {});
    });
    void dead({ ...input });
    while (effects === 0) await new Promise(setImmediate);
    await kind.leaseIsOver();
    // WHEN the call comes again
    await processOf(call, () => {
      effects += 1;
      return 'done';
    })({ ...input });
    // THEN the effect has happened twice: it has to be idempotent itself, as the intake's is
    expect(effects).toBe(2);
  });

  describe('a variable in the environment', () => {
    afterEach(() => {
      // biome-ignore lint/style/noProcessEnv: the switch is Powertools' own.
      delete process.env[disabled];
    });

    test('plain: switches idempotency off without a warning', async () => {
      const { call, input: newInput } = both(plain);
      // biome-ignore lint/style/noProcessEnv: the switch is Powertools' own.
      process.env[disabled] = 'true';
      let effects = 0;
      const act = processOf(call, () => {
        effects += 1;
        return effects;
      });
      const input = newInput();
      await act(input);
      await expect(act(input)).resolves.toBe(2);
    });

    test.each(['true', '1', 'yes', 'on', 'whatever'])('fenced: does not start with "%s"', (value) => {
      // biome-ignore lint/style/noProcessEnv: the switch is Powertools' own.
      process.env[disabled] = value;
      expect(() => fenced().layer(client)).toThrow(
        `${disabled} is "${value}": every call would run again, and none would be remembered. Remove it`,
      );
    });

    test.each([
      '',
      'false',
      '0',
      'no',
      'off',
    ])('fenced: starts with "%s", which does not switch it off', (value) => {
      // biome-ignore lint/style/noProcessEnv: the switch is Powertools' own.
      process.env[disabled] = value;
      expect(() => fenced().layer(client)).not.toThrow();
    });
  });

  describe('without a Lambda context', () => {
    test('plain: the call of a dead process is stuck until its record expires', async () => {
      const { call, input: newInput } = both(plain);
      const input = newInput();
      await atWork({ kind: plain, client }, input);
      await plain.leaseIsOver();
      await expect(processOf(call, () => 'ran')({ ...input })).rejects.toThrow(
        'already an execution in progress',
      );
    });

    test('fenced: refuses the call before it acts, and names the fix', async () => {
      let effects = 0;
      const act = processOf({ kind: fenced(), client }, () => {
        effects += 1;
      });
      const refusal = await act({ key: randomUUID() }).catch((error: Error) => error.cause as Error);
      expect(refusal).toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringContaining('config.registerLambdaContext(context)'),
      });
      expect(effects).toBe(0);
    });

    test('fenced: refuses the context of an ended invocation', async () => {
      const act = processOf({ kind: fenced(), client, remaining: -1 }, () => 'ran');
      await expect(act({ key: randomUUID() })).rejects.toMatchObject({ cause: { code: 'CONFIGURATION' } });
    });
  });

  describe('a record that cannot be deleted', () => {
    /** What a call whose function throws is answered with, where deletions fail. */
    async function thrownBy(kind: Kind): Promise<Error> {
      const failing = server.connect();
      failing.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName === 'DeleteItemCommand') throw new Error('the store is away');
            return await next(args);
          },
        { step: 'initialize' },
      );
      const act = processOf({ ...both(kind).call, client: failing }, () => {
        throw new RangeError('the card was declined');
      });
      return await act({ key: randomUUID() }).then(
        () => new Error('did not throw'),
        (error: Error) => error,
      );
    }

    test("plain: hides the function's error", async () => {
      const error = await thrownBy(plain);
      expect(error.message).toBe('Failed to delete record from idempotency store');
      expect(JSON.stringify(error.cause)).not.toContain('declined');
    });

    test("fenced: the function's error reaches the caller, and a log line has the other error", async () => {
      const lines: string[] = [];
      const error = await thrownBy(fenced({ output: (line) => lines.push(line) }));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe('the card was declined');
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        expect.objectContaining({ level: 'WARN', reason: 'the store is away' }),
      ]);
    });
  });

  describe('results that DynamoDB refuses', () => {
    const tooLarge = 'x'.repeat(401 * 1024);
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const results: [string, () => unknown, unknown][] = [
      ['a date', () => new Date(0), '1970-01-01T00:00:00.000Z'],
      ['NaN', () => Number.NaN, null],
      ['undefined inside', () => ({ a: undefined }), {}],
      ['a bigint', () => 12n ** 40n, String(12n ** 40n)],
    ];

    test.each(results.slice(0, 3))('plain: %s fails the call after it has acted', async (_, result) => {
      const act = processOf(both(plain).call, result);
      await expect(act({ key: randomUUID() })).rejects.toThrow('Failed to update success record');
    });

    test.each([
      ...results,
      ['nothing', () => undefined, null] as (typeof results)[number],
    ])('fenced: %s is returned, and a retry gets it as JSON stores it', async (_, result, kept) => {
      const act = processOf(both(fenced()).call, result);
      const input = { key: randomUUID() };
      await expect(act(input)).resolves.toEqual(result());
      await expect(act(input)).resolves.toEqual(kept);
    });

    test.each([
      ['too large', tooLarge, 'too-large, 410626 bytes'],
      ['circular', circular, 'not-json'],
    ])('fenced: %s is returned once; a retry gets an error with the reason, and does not act', async (_, result, why) => {
      let effects = 0;
      const act = processOf(both(fenced()).call, () => {
        effects += 1;
        return result;
      });
      const input = { key: randomUUID() };
      await expect(act(input)).resolves.toBe(result);
      await expect(act(input)).rejects.toMatchObject({
        cause: { code: 'RESULT_NOT_KEPT', message: expect.stringContaining(why) },
      });
      expect(effects).toBe(1);
    });
  });

  describe('a function that changes its input', () => {
    async function retry(kind: Kind): Promise<unknown> {
      const { call } = both(kind);
      const key = randomUUID();
      const act = processOf(call, (input) => {
        input.key = 'changed';
        return 'done';
      });
      await act({ key });
      return await processOf(call, () => 'ran again')({ key }).catch((error: Error) => error.name);
    }

    test('plain: saves under another key, and the retry finds it in progress', async () => {
      await expect(retry(plain)).resolves.toBe('IdempotencyAlreadyInProgressError');
    });

    test('fenced: saves under the claimed key', async () => {
      await expect(retry(fenced())).resolves.toBe('done');
    });
  });

  test('fenced: the local cache of a process holds only saved results', async () => {
    const kind = fenced();
    const { call, late } = both(kind);
    const key = randomUUID();
    const config = { useLocalCache: true };
    // GIVEN a process whose first call is fenced
    const end = gate<string>();
    const started = gate();
    const act = processOf({ ...late, config }, () => {
      started.open();
      return end.passed;
    });
    const first = act({ key });
    first.catch(() => {});
    await started.passed;
    await kind.leaseIsOver();
    await processOf(call, () => 'second')({ key });
    end.open('first');
    await expect(first).rejects.toMatchObject({ cause: { code: 'FENCED' } });
    // THEN the same process answers what was saved, from the table and then from its cache
    await expect(act({ key })).resolves.toBe('second');
    await expect(act({ key })).resolves.toBe('second');
  });

  describe('the middleware refuses a second request', () => {
    async function third(kind: Kind): Promise<unknown> {
      const { call, input: newInput } = both(kind);
      const input = newInput();
      const first = await atWork(call, input);
      // WHEN a second one comes, and Middy runs the hooks: an error of `before` goes to `onError`
      const hooks = makeHandlerIdempotent({
        persistenceStore: kind.layer(client),
        keyPrefix,
        config: new IdempotencyConfig({ eventKeyJmesPath: 'key', throwOnNoIdempotencyKey: true }),
      });
      const request = { event: { ...input }, context: contextOf(minute), internal: {} } as never;
      const refused = Promise.resolve(hooks.before?.(request));
      await expect(refused).rejects.toThrow('already an execution in progress');
      await hooks.onError?.(request);
      const answer = await processOf(
        call,
        () => 'ran again',
      )({ ...input }).catch((error: Error) => error.name);
      first.returns('first');
      await first.answer.catch(() => {});
      return answer;
    }

    test('plain: it deletes the record of the first one, and a third request runs beside it', async () => {
      await expect(third(plain)).resolves.toBe('ran again');
    });

    test('fenced: the record of the first one stays', async () => {
      await expect(third(fenced())).resolves.toBe('IdempotencyAlreadyInProgressError');
    });
  });
});
