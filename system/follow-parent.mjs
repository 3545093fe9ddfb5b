import { isMainThread } from 'node:worker_threads';

/*
 * Preloaded into a Node process (`node --import`), ends it with the process that started it: that process holds the
 * other end of standard input. When it dies, however it dies, the input ends, and then this process and all that it
 * started (its process group) are killed. A byte on the input lets go: from then on this process lives for itself.
 */
if (isMainThread) {
  const end = () => process.kill(-process.pid, 'SIGKILL');
  process.stdin.once('end', end);
  process.stdin.once('data', () => process.stdin.off('end', end));
  process.stdin.unref();
}
