import { instrument } from '../../trace/instrument.ts';

/** The names that the instrumented source reports when it runs, in order. */
function entered(source: string): string[] {
  const names: string[] = [];
  const script = instrument('a.ts', source, 'enter').replaceAll('export ', '');
  new Function('enter', script)((_: string, name: string) => names.push(name));
  return names;
}

describe('instrument', () => {
  it.each([
    ['an exported function', 'export function go() {} go()', ['go']],
    ['an exported arrow function without a block', 'export const go = () => 1; go()', ['go']],
    [
      'a constructor, a method and a getter',
      'class A { constructor() {} run() {} get b() { return 1 } } const a = new A(); a.run(); a.b',
      ['new A', 'run', 'b'],
    ],
    [
      'functions that an object holds',
      'const a = { run() {}, go: () => ({}) }; a.run(); a.go()',
      ['run', 'go'],
    ],
    [
      'no private function, method or callback',
      'function own() {} class A { #own() {} run() { this.#own(); [1].map(() => own()) } } new A().run()',
      ['run'],
    ],
  ])('reports %s', (_, source, names) => {
    expect(entered(source)).toEqual(names);
  });

  it('changes nothing else', () => {
    const source = 'export function go(a: number): number {\n  return a;\n}\n';
    expect(instrument('a.ts', source, 'enter').replace('enter("a.ts", "go");', '')).toBe(source);
  });
});
