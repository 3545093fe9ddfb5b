import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { LoggedError } from '../../../contract/reporting/delivery-log.ts';
import { loggedError } from '../../../runtime/logging/logged-error.ts';
import { texts } from '../../fuzz/inputs/hostile.ts';

const mostBytes = 16 * 1024;

function bytesOf(told: LoggedError): number {
  return Buffer.byteLength(JSON.stringify(told));
}

/** The messages of an error and its causes. */
function chainOf(told: LoggedError): string[] {
  return [told.message, ...(told.cause === undefined ? [] : chainOf(told.cause))];
}

function findDiscount(): never {
  throw new TypeError('no discount');
}

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('loggedError', () => {
  it('returns name, message, code and stack of an error', () => {
    const error = Object.assign(thrownBy(findDiscount) as Error, { code: 'E_DISCOUNT' });
    expect(loggedError(error)).toEqual({
      name: 'TypeError',
      message: 'no discount',
      code: 'E_DISCOUNT',
      stack: expect.stringMatching(/^TypeError: no discount\n {4}at findDiscount/),
    });
  });

  it('returns the whole chain of causes, each with its stack', () => {
    const cause = new Error('second', { cause: thrownBy(findDiscount) });
    const told = loggedError(new Error('first', { cause }));
    expect(chainOf(told)).toEqual(['first', 'second', 'no discount']);
    expect(told.cause?.cause?.stack).toContain('findDiscount');
  });

  it('returns the members of an AggregateError, and their causes', () => {
    const members = [
      new Error('one', { cause: new Error('why') }),
      'a text',
      new AggregateError([new Error('inner')]),
    ];
    expect(loggedError(new AggregateError(members, 'all failed'))).toMatchObject({
      name: 'AggregateError',
      message: 'all failed',
      errors: [
        { message: 'one', cause: { message: 'why' } },
        { name: 'string', message: 'a text' },
        { errors: [{ message: 'inner' }] },
      ],
    });
  });

  it('returns both errors if one hid the other', () => {
    const hiding = Object.assign(new Error('while disposing'), {
      error: new Error('late'),
      suppressed: new Error('early'),
    });
    expect(loggedError(hiding).errors).toMatchObject([{ message: 'late' }, { message: 'early' }]);
  });

  it.each([
    ['nothing', undefined, { name: 'undefined', message: 'undefined' }],
    ['null', null, { name: 'object', message: 'null' }],
    ['a text', 'no', { name: 'string', message: 'no' }],
    ['a symbol', Symbol('no'), { name: 'symbol', message: 'Symbol(no)' }],
    ['an object', { statusCode: 500 }, { name: 'object', message: '{"statusCode":500}' }],
    ['what only looks like an error', { name: 'Odd', message: 'no' }, { name: 'Odd', message: 'no' }],
    ['an object without a prototype', Object.create(null), { name: 'object', message: '{}' }],
    [
      'an error of another realm',
      runInNewContext('new RangeError("far")'),
      { name: 'RangeError', message: 'far' },
    ],
  ])('describes a thrown value of another type: %s', (_, thrown, told) => {
    expect(loggedError(thrown)).toMatchObject(told);
  });

  it('returns each error of a cycle once', () => {
    const first = new Error('first');
    const second = new Error('second', { cause: first });
    first.cause = second;
    const told = loggedError(first);
    expect(chainOf(told)).toEqual(['first', 'second']);
    expect(told.cause?.omitted).toBe(1);
  });

  it('describes an error whose members cannot be read', () => {
    const broken = new Error('whole');
    for (const name of ['stack', 'cause', 'code', 'errors', 'name']) {
      Object.defineProperty(broken, name, {
        get: () => {
          throw new Error('getter');
        },
      });
    }
    expect(loggedError(broken)).toEqual({ name: 'object', message: 'whole' });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(loggedError(revoked.proxy)).toMatchObject({ message: 'something that has no text' });
  });

  it('keeps the frames of a stack whose message is long', () => {
    const message = 'm'.repeat(1_000_000);
    const stack = `Error: ${message}\n    at findDiscount (file.ts:1:1)`;
    const told = loggedError(Object.assign(new Error(message), { stack }));
    expect(told.stack).toContain('at findDiscount (file.ts:1:1)');
    expect(bytesOf(told)).toBeLessThan(mostBytes);
  });

  it('counts the errors that it leaves out', () => {
    const members = Array.from({ length: 10_000 }, (_, index) => new Error(`member ${index}`));
    const told = loggedError(new AggregateError(members));
    expect(told.errors?.[0]).toMatchObject({ message: 'member 0' });
    expect(told.omitted).toBeGreaterThan(0);
    expect(bytesOf(told)).toBeLessThan(mostBytes);
  });

  it('needs at most 16 KB, whatever the number of errors and the length of their texts', () => {
    const error = fc.letrec<{ error: unknown }>((tie) => ({
      error: fc.oneof(
        { maxDepth: 6, depthSize: 'large' },
        fc.anything(),
        fc
          .record({
            message: texts,
            name: texts,
            code: fc.anything(),
            stack: fc.oneof(
              fc.anything(),
              texts.map((text) => text.repeat(50)),
            ),
            cause: tie('error'),
            errors: fc.array(tie('error'), { maxLength: 20 }),
          })
          .map((members) => Object.assign(new Error(), members)),
      ),
    })).error;
    fc.assert(
      fc.property(error, (thrown) => {
        expect(bytesOf(loggedError(thrown))).toBeLessThanOrEqual(mostBytes);
      }),
    );
  });
});
