import { systemClock } from '../../../contract/clock.ts';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('the clock of the system', () => {
  it('sleeps for the given time', async () => {
    const begun = systemClock.now();
    await systemClock.sleep(20);
    // A timer may end a millisecond early.
    expect(systemClock.now() - begun).toBeGreaterThanOrEqual(19);
  });

  it('wakes when its signal is aborted, and leaves no timer behind', async () => {
    const before = timers();
    const controller = new AbortController();
    const sleep = systemClock.sleep(3_600_000, controller.signal);
    expect(timers()).toBe(before + 1);
    controller.abort();
    await expect(sleep).resolves.toBeUndefined();
    expect(timers()).toBe(before);
  });

  it('does not start a sleep whose signal is already aborted', async () => {
    await expect(systemClock.sleep(3_600_000, AbortSignal.abort())).resolves.toBeUndefined();
  });
});
