// The SDK warns in every process that it will leave Node 20 next year: the tests' output is about this project.
// biome-ignore lint/style/noProcessEnv: the workers of Jest inherit it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** Packages that are ES modules alone: Jest reads them once they are CommonJS. */
const esModules = '(@ark|arktype|arkregex)/';

const common = {
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }],
    [`/node_modules/${esModules}.*\\.js$`]: ['@swc/jest', { module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!${esModules})`],
  modulePathIgnorePatterns: ['<rootDir>/(\\.local|cdk\\.out|dist)/'],
};

/** Jest runs a setup once for all projects that name it. */
const deployment = {
  globalSetup: '<rootDir>/test/integration/deployment/setup.ts',
  globalTeardown: '<rootDir>/test/integration/deployment/teardown.ts',
};

const tests = (folder) => [`<rootDir>/${folder}/**/*.test.ts`];

/** @param others The folders, at any depth, whose tests another project runs. */
function project(displayName, { others = ['long'], ...own }) {
  return {
    ...common,
    ...own,
    displayName,
    testPathIgnorePatterns: ['/node_modules/', ...others.map((folder) => `<rootDir>/.*/${folder}/`)],
  };
}

export default {
  // Ends a test that hangs: ten times what the slowest one needs on two quiet cores (130 s). No test has a limit of its
  // own, since the time that a test takes is the machine's affair: disks and cores are shared.
  testTimeout: 1_300_000,
  // On two cores too, two files at once: the tests on the emulator wait most of their time.
  maxWorkers: '100%',
  // A worker that has grown is started anew for its next file: what a file leaves in a process slows down those after it.
  workerIdleMemoryLimit: '500MB',
  // Tests that say so wait at once, each for a queue of its own.
  maxConcurrency: 100,
  projects: [
    project('unit', { testMatch: tests('test/unit') }),
    project('infra', { testMatch: tests('test/infra') }),
    project('contract', { testMatch: tests('test/contract'), others: ['servers', 'long'] }),
    // The contract on Amazon's DynamoDB Local and on a redis-server, and their comparison with what runs in memory.
    project('servers', { testMatch: tests('test/contract/**/servers') }),
    project('simulation', { testMatch: tests('simulation') }),
    // The part of the integration tests that `npm test` runs.
    project('short', { testMatch: tests('test/integration/short'), ...deployment }),
    project('integration', {
      testMatch: tests('test/integration'),
      others: ['short', 'long'],
      ...deployment,
    }),
    // LocalStack without Docker, as .ci/localstack runs it.
    project('localstack', { testMatch: tests('test/localstack') }),
    // The tests in a folder of this name, in any room. .ci/run has no time for them, so .ci/full runs them.
    project('long', { testMatch: ['<rootDir>/**/long/**/*.test.ts'], others: [], ...deployment }),
  ],
};
