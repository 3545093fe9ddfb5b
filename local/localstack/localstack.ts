import type { Emulator } from '../endpoint/emulator.ts';
import { askHealth, askInfo } from './ask-localstack.ts';
import { installLocalStack } from './install-localstack.ts';
import { startLocalStack } from './start-localstack.ts';

/** LocalStack 4.14.0 (community), the last version that needs no account. Most AWS teams know it as an emulator. */
export const localstack: Emulator = {
  title: 'LocalStack',
  answersAt: async (url) => (await askHealth(url)) !== undefined,
  async start({ folder, environment, port, onStep }) {
    const installation = await installLocalStack(onStep);
    onStep('Starting LocalStack');
    return await startLocalStack(installation, folder, environment, port);
  },
  runsInContainers: async (url) => (await askInfo(url))?.is_docker === true,
  lacks: ['httpApis', 'sesV2', 'exactBodies', 'wholeBatches', 'independentGroups'],
};
