import { pythonTool } from '../../system/python/python-tool.ts';
import type { Emulator } from '../endpoint/emulator.ts';
import { askHealth } from './ask-health.ts';
import { pages } from './pages.ts';
import { ministackPackage, startMiniStack } from './start-ministack.ts';

/** MiniStack from PyPI: small and quick. It is the emulator of this project by default. */
export const ministack: Emulator = {
  title: 'MiniStack',
  answersAt: async (url) => (await askHealth(url)) !== undefined,
  async start({ folder, environment, port, onStep }) {
    const python = await pythonTool(ministackPackage, onStep);
    onStep('Starting MiniStack');
    return await startMiniStack(python, folder, environment, port);
  },
  lacks: ['groupScope', 'topicAttributes', 'requestChecks'],
  pages,
};
