import { ConfigurationError, InvalidEventError, OrderOnceError } from '../../../contract/errors.ts';
import * as first from '../../../publisher/index.ts';

/** A copy of the package with classes of its own: an app has one if it loads it as CommonJS and as ES module. */
let second: typeof first;
jest.isolateModules(() => {
  second = jest.requireActual('../../../publisher/index.ts');
});

const errors = [
  ['PublishError', new first.PublishError('INVALID_LINE', 1, 'not a valid event')],
  ['PublishError', new first.PublishError('ATTEMPTS_USED_UP', 1, 'no answer')],
  ['TopicError', new first.TopicError('Throttled', 'Rate exceeded', false)],
  ['JournalError', new first.JournalError('JOURNAL_TAKEN', 'another run')],
  ['InputError', new first.InputError('not an iterable')],
] as const;

test.each(
  errors,
)('the class %s of each copy recognizes this error of the other, and no other class does', (name, error) => {
  for (const { PublishError, TopicError, JournalError, InputError } of [first, second]) {
    const classes = { PublishError, TopicError, JournalError, InputError };
    const known = Object.entries(classes).filter(([, kind]) => error instanceof kind);
    expect(known.map(([other]) => other)).toEqual([name]);
  }
  expect(error).toBeInstanceOf(OrderOnceError);
  expect(error).not.toBeInstanceOf(InvalidEventError);
  expect(error).not.toBeInstanceOf(ConfigurationError);
});

test('each copy has classes of its own', () => {
  expect(second.PublishError).not.toBe(first.PublishError);
});

test('an error of the input has its code from its class', () => {
  expect(new first.InputError('not an iterable')).toMatchObject({ name: 'InputError', code: 'INPUT' });
});

test('an invalid event and a number are no errors of a topic', () => {
  expect(new InvalidEventError('INVALID_EVENT', 'no')).not.toBeInstanceOf(first.PublishError);
  expect(404).not.toBeInstanceOf(first.TopicError);
});
