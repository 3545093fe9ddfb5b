import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onShutdown } from '../../system/teardown.ts';

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** A new folder below the system's temporary one; an interrupted benchmark removes it too. */
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
