import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(__dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = ['', 'docs', 'docs/adr', 'samples'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const prose = read(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinksOf(page: string): string[] {
  const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !target.startsWith('https://'))
    .filter((target) => {
      const [path, anchor] = target.split('#') as [string, string?];
      const there = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(root, there))) return true;
      return anchor !== undefined && !anchorsOf(there).includes(anchor);
    });
}

describe('the documentation', () => {
  it.each(pages)('has only links to existing files and headings: %s', (page) => {
    expect(brokenLinksOf(page)).toEqual([]);
  });

  it('has no page without a link from an index', () => {
    const linked = ['README.md', 'docs/README.md', 'docs/adr/README.md'].flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, path = '']) => join(dirname(page), path)),
    );
    expect(pages.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([]);
  });
});
