import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bookings } from '../consumer/support.ts';
import { resources, root, shop } from '../support.ts';

test.each([
  ['with alarms', {}],
  ['without alarms', { alarms: false }],
] as const)('docs/lifecycle.md says how many resources a consumer takes %s, and how many consumers fit a stack', (what, props) => {
  const stack = shop();
  bookings(stack, props);
  const all = Object.keys(resources(stack));
  const own = all.filter((id) => id.startsWith('Bookings')).length;
  const fit = Math.floor((500 - (all.length - own)) / own);
  const page = readFileSync(join(root, 'docs/lifecycle.md'), 'utf8');
  expect(page).toContain(`| ${what} | ${own} | ${fit} |`);
});
