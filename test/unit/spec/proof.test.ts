import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { models, mutants } from '../../../spec/models.ts';
import { named } from './named.ts';

const read = (path: string) => readFileSync(join(__dirname, '../../..', path), 'utf8');
const proof = read('docs/proof.md');

/** The cells of each row below a heading, without what marks them as code. */
function rows(heading: string): string[][] {
  const [, section = ''] = proof.split(`\n### ${heading}\n`);
  const [own = ''] = section.split('\n### ');
  const table = own.split('\n').filter((line) => line.startsWith('| '));
  return table.slice(1).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** A model's setting, as the table has it: what is in a set without its signs, and nothing for what it does not use. */
function setting(model: string, name: string): string {
  const [, value = ''] = new RegExp(`^ +${name} = (.*)$`, 'm').exec(read(`spec/${model}.cfg`)) ?? [];
  return value.replaceAll(/[{}"]/g, '');
}

describe('docs/proof.md', () => {
  it('has a row for each model that matches its .cfg', () => {
    const said = rows('The models').map(([name, what]) => [name, what]);
    expect(said).toEqual(
      models.map(({ name }) => {
        const [comment = ''] = /^(?:\\\* .*\n)+/.exec(read(`spec/${name}.cfg`)) ?? [];
        return [name, comment.replaceAll('\\* ', '').trim().replaceAll('\n', ' ')];
      }),
    );
  });

  it('has the bounds of each model', () => {
    const bounds = ['Kinds', 'Failures', 'MaxTime', 'Ttl', 'Invocation', 'Ahead', 'Retention'];
    expect(rows('Within which bounds')).toEqual(
      models.map(({ name }) => [name, ...bounds.map((bound) => setting(name, bound))]),
    );
    // Of all models, as the text says.
    for (const [bound, value] of Object.entries({ LastFault: '0', AllowedSkew: '1', Margin: '1' })) {
      expect(models.filter(({ name }) => setting(name, bound) !== value)).toEqual([]);
    }
  });

  it('has each mutant with the invariant that finds it', () => {
    expect(rows('The mutants').map((row) => row.slice(0, 3))).toEqual(
      mutants.map(({ mutation, model, violates }) => [mutation, model, violates]),
    );
  });

  it('has the function of each action that the model has', () => {
    const said = rows('From action to code').flatMap(([actions = '', code = '']) => {
      const [, name = '', path = ''] = /^(\w+) in \[([^\]]+)\]/.exec(code) ?? [];
      return path === '' ? [] : actions.split(', ').map((action) => `${action}: ${name} in ${path}`);
    });
    expect(said.sort()).toEqual(
      named.map(({ action, name, file }) => `${action}: ${name} in ${file}`).sort(),
    );
  });
});
