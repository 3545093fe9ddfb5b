import { ConfigurationError } from '../../../../contract/errors.ts';
import {
  checkPlace,
  selectStacks,
  wantedStacks,
  withDependencies,
} from '../../../../local/deployment/select-stacks.ts';

const anywhere = {
  account: undefined,
  region: undefined,
  qualifier: undefined,
  template: '/assembly/Stack.template.json',
  dependencies: [],
};
const shop = { name: 'Shop', stackName: 'Shop', ...anywhere };
const mails = { name: 'Mails', stackName: 'Mails', ...anywhere };
const here = { account: '000000000000', region: 'us-east-1' };

describe('selectStacks', () => {
  test('takes the only stack of an app if none is named', () => {
    expect(selectStacks([shop], undefined)).toEqual(['Shop']);
  });

  test('asks for a name if the app has several stacks, and lists them', () => {
    expect(() => selectStacks([shop, mails], undefined)).toThrow(
      new ConfigurationError(
        'The app has several stacks: choose one of Shop, Mails (--stack, stackName), or "*" for all',
      ),
    );
  });

  test('refuses an app without a stack', () => {
    expect(() => selectStacks([], undefined)).toThrow('The app has no stack to deploy');
  });

  test('refuses a name that the app does not have, and lists those that it has', () => {
    expect(() => selectStacks([shop, mails], ['Shop', 'Nails'])).toThrow(
      new ConfigurationError('The app has no stack "Nails" (--stack, stackName): choose one of Shop, Mails'),
    );
  });

  test('leaves patterns to the CDK', () => {
    expect(selectStacks([shop, mails], ['*'])).toEqual(['*']);
  });

  test.each([
    '!Shop',
    '[SM]hop',
    '+(Shop)',
    '{Shop',
  ])('refuses the pattern %s, which would be taken as another', (pattern) => {
    expect(() => selectStacks([shop, mails], [pattern])).toThrow(
      new ConfigurationError(
        `The stack is "${pattern}" (--stack, stackName): it takes a name, or a pattern with *, ? and {one,other}`,
      ),
    );
  });
});

describe('withDependencies', () => {
  const topic = { ...shop, name: 'Topic' };
  const consumer = { ...shop, name: 'Consumer', dependencies: ['Topic'] };
  const reports = { ...shop, name: 'Reports', dependencies: ['Consumer'] };
  const app = [topic, consumer, reports, mails];

  test('adds what a chosen stack depends on, and what that depends on', () => {
    expect(withDependencies(app, ['Reports'])).toEqual([topic, consumer, reports]);
  });

  test('leaves out the other stacks of the app, which an earlier run may have deployed', () => {
    expect(withDependencies(app, ['Topic'])).toEqual([topic]);
    expect(withDependencies(app, ['**'])).toEqual(app);
  });
});

describe('checkPlace', () => {
  test('accepts a stack that leaves account and Region to the command, or names those of the endpoint', () => {
    expect(() => checkPlace([shop, { ...mails, ...here }], ['*'], here)).not.toThrow();
  });

  test('refuses a stack for another account or Region, and says how the app can take both from the command', () => {
    const abroad = { ...shop, account: '123456789012', region: 'eu-central-1' };
    expect(() => checkPlace([abroad], ['Shop'], here)).toThrow(
      /^The stack "Shop" is for account 123456789012 in eu-central-1.*CDK_DEFAULT_ACCOUNT.*CDK_DEFAULT_REGION/,
    );
  });

  test('ignores stacks that are not deployed', () => {
    const abroad = { ...mails, account: '123456789012' };
    expect(() => checkPlace([shop, abroad], ['Shop'], here)).not.toThrow();
  });

  test.each([
    ['Dev*', 'Production', 'DevShop'],
    ['*', 'Production/Shop', 'Production'],
    ['Dev/**', 'Production/Shop', 'Dev/Shop'],
    ['Shop?', 'Shop', 'Shop1'],
    ['{Shop,Mails}', 'Nails', 'Mails'],
    ['{Dev,Test}*', 'Production', 'TestShop'],
    ['Dev*,Shop', 'Shop', 'Dev1,Shop'],
  ])('takes the pattern %s as the CDK does: without %s, with %s', (pattern, other, selected) => {
    const abroad = { ...shop, account: '123456789012' };
    expect(() => checkPlace([{ ...abroad, name: other }], [pattern], here)).not.toThrow();
    expect(() => checkPlace([{ ...abroad, name: selected }], [pattern], here)).toThrow(
      `"${selected}" is for`,
    );
  });
});

describe('wantedStacks', () => {
  test('takes * for all stacks, also those of stages, which the CDK would leave out', () => {
    expect(wantedStacks('*')).toEqual(['**']);
  });

  test('leaves other patterns and names as they are', () => {
    expect([wantedStacks('Dev*'), wantedStacks('Shop'), wantedStacks(undefined)]).toEqual([
      ['Dev*'],
      ['Shop'],
      undefined,
    ]);
  });
});
