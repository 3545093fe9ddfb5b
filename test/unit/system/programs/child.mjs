/** A child that starts one of its own, says both pids, and does not end by itself. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [, , report = '', ignoresSigterm] = process.argv;
if (ignoresSigterm === 'ignore') process.on('SIGTERM', () => {});
const own = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
writeFileSync(report, `${process.pid} ${own.pid}`);
setInterval(() => {}, 1_000);
