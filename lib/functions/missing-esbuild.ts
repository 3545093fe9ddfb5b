import { ConfigurationError } from '../../contract/errors.ts';

/**
 * Runs `make`, which creates and bundles a function. If esbuild is not installed, the CDK uses a Docker image instead.
 * If that fails too, the CDK's error names only Docker.
 *
 * @throws ConfigurationError if esbuild is missing and Docker fails.
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
  // biome-ignore lint/style/noProcessEnv: the CDK itself reads this variable for a replacement of Docker.
  const { CDK_DOCKER: docker = 'docker' } = process.env;
  if (!(error instanceof Error)) return false;
  const isNotThere = 'syscall' in error && error.syscall === `spawnSync ${docker}`;
  return isNotThere || error.message.startsWith(`${docker} exited with `);
}
