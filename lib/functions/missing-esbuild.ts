import { ConfigurationError } from '../../contract/errors.ts';

/**
 * Makes a function, whose bundling runs meanwhile. If esbuild is not installed, the CDK builds an image with Docker in its
 * place; where that fails too, its error speaks of Docker alone.
 *
 * @throws ConfigurationError where esbuild is missing and Docker fails.
 */
export function orMissingEsbuild<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!isOfDocker(error)) throw error;
    const [reason] = error.message.split('\n');
    throw new ConfigurationError(
      `esbuild is missing, which bundles functions, and Docker, which the CDK takes in its place, failed (${reason}). ` +
        'Run "npm install --save-dev esbuild".',
      { cause: error },
    );
  }
}

function isOfDocker(error: unknown): error is Error {
  // biome-ignore lint/style/noProcessEnv: where the CDK itself looks for another program than Docker.
  const { CDK_DOCKER: docker = 'docker' } = process.env;
  if (!(error instanceof Error)) return false;
  const isNotThere = 'syscall' in error && error.syscall === `spawnSync ${docker}`;
  return isNotThere || error.message.startsWith(`${docker} exited with `);
}
