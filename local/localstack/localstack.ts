import { EndpointError } from '../../system/errors.ts';
import type { Emulator } from '../endpoint/emulator.ts';

/** Longest answer of the page, in ms. */
const answerMs = 2_000;

/** LocalStack (community), the emulator of most AWS teams. */
export const localstack: Emulator = {
  title: 'LocalStack',
  async answersAt(url) {
    const signal = AbortSignal.timeout(answerMs);
    const response = await fetch(new URL('/_localstack/health', url), { signal }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true;
  },
  start: async () => {
    throw new EndpointError('LocalStack is not started yet');
  },
  lacks: ['httpApis', 'sesV2', 'exactBodies', 'wholeBatches', 'independentGroups'],
};
