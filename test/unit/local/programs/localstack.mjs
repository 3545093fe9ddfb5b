#!/usr/bin/env node
/** Stands for the Python that runs LocalStack. It takes its edition from a file, as LocalStack does. */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { argv, env } from 'node:process';

const { FILESYSTEM_ROOT = '', GATEWAY_LISTEN = '' } = env;
const [name = ''] = readdirSync(join(FILESYSTEM_ROOT, 'usr/lib/localstack'));
const edition = /^\.(.*)-version$/.exec(name)?.[1];
const [, port] = /^\[::ffff:127\.0\.0\.1\]:(\d+)$/.exec(GATEWAY_LISTEN) ?? [];

createServer(({ url }, response) => {
  response.writeHead(url === '/_localstack/health' ? 200 : 404).end(JSON.stringify({ edition, env, argv }));
}).listen(Number(port), '127.0.0.1');
