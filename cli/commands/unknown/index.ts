import { commandGroup } from '../command-group.ts';
import { forget } from './forget.ts';
import { ls } from './ls.ts';
import { resolve } from './resolve.ts';
import { show } from './show.ts';

export const unknown = commandGroup('unknown', 'list and decide unknown outcomes', {
  ls,
  show,
  resolve,
  forget,
});
