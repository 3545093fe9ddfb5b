import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
}

test('the bill of materials lists every package that an installation of the package brings, without a network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'order-once-sbom-'));
  try {
    mkdirSync(join(folder, '.ci'));
    for (const file of ['.ci/sbom', 'package.json', 'package-lock.json'])
      cpSync(join(root, file), join(folder, file));
    const { status, stderr } = spawnSync('bash', [join(folder, '.ci/sbom')], { encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });

    const bill = JSON.parse(readFileSync(join(folder, '.local/sbom/order-once.cdx.json'), 'utf8'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX' });
    const listed = bill.components.map(({ purl }: { purl: string }) => purl.split('?')[0]);
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const installed = Object.entries(packages as Record<string, Locked>)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(([path, { version }]) => {
        const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
        return `pkg:npm/${name.replace('@', '%40')}@${version}`;
      });
    expect(installed.length).toBeGreaterThan(20);
    expect(listed).toEqual(expect.arrayContaining(installed));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
