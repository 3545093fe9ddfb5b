import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applicationDrawing } from './architecture/application.ts';

const outdir = mkdtempSync(join(tmpdir(), 'order-once-drawing-'));
try {
  writeFileSync(join(import.meta.dirname, '../docs/architecture.svg'), applicationDrawing(outdir));
} finally {
  rmSync(outdir, { recursive: true });
}
