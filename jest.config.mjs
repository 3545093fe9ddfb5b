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

export default {
  // Ends a test that hangs: ten times what the slowest one needs on two quiet cores (130 s). No test has a limit of its
  // own, since the time that a test takes is the machine's affair: disks and cores are shared.
  testTimeout: 1_300_000,
  // Tests that say so wait at once, each for a queue of its own.
  maxConcurrency: 100,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/unit/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'infra',
      testMatch: ['<rootDir>/test/infra/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'contract',
      testMatch: ['<rootDir>/test/contract/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'simulation',
      testMatch: ['<rootDir>/simulation/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      globalSetup: '<rootDir>/test/integration/setup.ts',
      globalTeardown: '<rootDir>/test/integration/teardown.ts',
    },
  ],
};
