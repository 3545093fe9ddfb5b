import { commandGroup } from '../command-group.ts';
import { apply } from './apply.ts';
import { drop } from './drop.ts';
import { ls } from './ls.ts';
import { plan } from './plan.ts';
import { show } from './show.ts';

export const dlq = commandGroup('dlq', 'list, redrive and drop dead letters', {
  ls,
  show,
  plan,
  apply,
  drop,
});
