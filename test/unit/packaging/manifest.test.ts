import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entries, isPackaged } from '../../../packaging/entries.ts';
import { manifestOf } from '../../../packaging/manifest.ts';

const root = join(__dirname, '../../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('package.json exports exactly the entry points that the build writes', () => {
  const { main, types, bin, exports, typesVersions } = manifest;
  expect({ main, types, bin, exports, typesVersions }).toEqual(manifestOf());
});

test('the package holds the pins of the emulators, and not those of cfn-lint, which only the tests of the repository use', () => {
  const pins = (tool: string) => join(root, `system/python/requirements/${tool}.txt`);
  expect(['ministack', 'localstack-core', 'cfn-lint'].map((tool) => isPackaged(pins(tool)))).toEqual([
    true,
    true,
    false,
  ]);
});

test.each(Object.entries(entries))('the entry point %s exports a source of this repository', (_, {
  source,
}) => {
  expect(existsSync(join(root, source))).toBe(true);
});
