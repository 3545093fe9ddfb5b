import { hideUntil } from '../../../runtime/message/visibility.ts';
import { fakeWiring } from '../../support/wiring.ts';

const hour = 3_600_000;

test.each([
  ['whole seconds, so that it does not come too early', 1001, 2],
  ['nothing where the time is over', -hour, 0],
  ['nothing where the time has come', 0, 0],
  ['less than the 12 hours of SQS, which count from the receive', 20 * hour, 12 * 3600 - 20 * 60],
])('a message is hidden for %s', async (_, ms, seconds) => {
  const wiring = fakeWiring();
  await hideUntil(wiring.clock.now() + ms, [{ receiptHandle: 'receipt' }], wiring, () => {});
  expect(wiring.hidden).toEqual([{ handles: ['receipt'], seconds }]);
});
