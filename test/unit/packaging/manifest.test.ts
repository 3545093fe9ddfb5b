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

test('the package holds the pins of the emulators, and not those of linters, which only the repository uses', () => {
  const pins = (tool: string) => join(root, `system/python/requirements/${tool}.txt`);
  const tools = ['ministack', 'localstack-core', 'cfn-lint', 'check-jsonschema'];
  expect(tools.filter((tool) => isPackaged(pins(tool)))).toEqual(['ministack', 'localstack-core']);
});

test.each(Object.entries(entries))('the entry point %s exports a source of this repository', (_, {
  source,
}) => {
  expect(existsSync(join(root, source))).toBe(true);
});
