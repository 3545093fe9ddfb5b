import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applicationDrawing } from '../../bin/architecture/application.ts';
import { partsOf } from '../../bin/architecture/stack-parts.ts';
import { everyConsumer, orderOnceStack, root, temporaryFolder } from './support.ts';

describe('the drawing of the stack', () => {
  it('finds each consumer with its guarantee and its tables in the synthesized stack', () => {
    expect(partsOf(orderOnceStack(everyConsumer))).toEqual({
      consumers: [
        { name: 'fulfilment', guarantee: 'exactly-once', tables: ['orders', 'ledger', 'customers'] },
        { name: 'billing', guarantee: 'at-least-once', tables: [] },
        { name: 'notifications', guarantee: 'at-most-once', tables: [] },
      ],
      publishers: ['intake'],
    });
  });

  it('in docs/architecture.svg equals the output of `npm run docs:drawing`', () => {
    const checkedIn = readFileSync(join(root, 'docs/architecture.svg'), 'utf8');
    expect(checkedIn).toBe(applicationDrawing(temporaryFolder()));
  });
});
