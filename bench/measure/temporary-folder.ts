import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onShutdown } from '../../system/teardown.ts';

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** Creates a folder in the system's temporary folder. It is also removed if the benchmark is interrupted. */
export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `order-once-${name}-`));
  const remove = () => rmSync(path, { recursive: true, force: true });
  const forget = onShutdown(async () => remove());
  return {
    path,
    remove() {
      forget();
      remove();
    },
  };
}
