import { commandGroup } from '../command-group.ts';
import { ls } from './ls.ts';
import { skip } from './skip.ts';

export const blocked = commandGroup('blocked', 'list and skip what blocks groups', { ls, skip });
