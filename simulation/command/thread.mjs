/* The entry of a thread, in plain JavaScript: Node 20 loads no TypeScript there, whatever the process was started with. */
import { register } from 'tsx/esm/api';

register();
await import('./runner.ts');
