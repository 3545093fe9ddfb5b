#!/usr/bin/env node
/** Stands for the Python that runs the emulator. MODES in its environment says what each start does in turn. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { env } from 'node:process';

const { MODES = '', HOME = '', GATEWAY_PORT, MINISTACK_EDITION } = env;
const starts = join(HOME, 'starts');
const start = existsSync(starts) ? readFileSync(starts, 'utf8').length : 0;
appendFileSync(starts, '.');

switch (MODES.split(',')[start]) {
  case 'port taken':
    process.stdout.write('OSError: [Errno 98] Address already in use\n');
    process.exit(1);
    break;
  case 'broken':
    process.stdout.write('one\ntwo\nModuleNotFoundError: No module named ministack\n');
    process.exit(1);
    break;
  case 'mistaken':
    serve('somebody else');
    setTimeout(() => {
      process.stdout.write('127.0.0.1 is already in use\n');
      process.exit(1);
    }, 300);
    break;
  case 'short-lived':
    // Until somebody looks for what it has.
    serve(MINISTACK_EDITION).on('request', ({ url }) => {
      if (url !== '/queues') return;
      process.stdout.write('MemoryError\n');
      process.exit(3);
    });
    break;
  default:
    serve(MINISTACK_EDITION);
}

/** @param {string | undefined} edition What its health page says. */
function serve(edition) {
  const server = createServer((_, response) => response.end(JSON.stringify({ edition, env })));
  return server.listen(Number(GATEWAY_PORT), '127.0.0.1');
}
