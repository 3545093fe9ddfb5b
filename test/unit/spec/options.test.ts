import { models, mutants } from '../../../spec/models.ts';
import { readChosen } from '../../../spec/options.ts';

describe('the arguments of npm run spec', () => {
  it('are a part of names, or empty for all models', () => {
    expect(readChosen([])).toEqual({ models, mutants });
    expect(readChosen(['operator'])).toMatchObject({ models: [{ name: 'operator' }] });
    expect(readChosen(['no reopening'])).toMatchObject({
      models: [],
      mutants: [{ mutation: 'no reopening' }],
    });
    const ofOperator = mutants.filter(({ model }) => model === 'operator');
    expect(readChosen(['operator '])).toEqual({ models: [], mutants: ofOperator });
  });

  it.each([
    [['at-most-twice'], '"at-most-twice" is in the name of no model and no mutant: take '],
    [['operator', 'live'], '"live" is one argument too many: '],
    [['--model'], "Unknown option '--model'\n"],
  ])('are refused if they are %j', (args, message) => {
    expect(() => readChosen(args)).toThrow(message);
  });
});
