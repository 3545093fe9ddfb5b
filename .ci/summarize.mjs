import { readFileSync } from 'node:fs';

/**
 * Adds up the result files of jest that are given. A skipped test counts as failed, unless its name says what the emulator or
 * another endpoint does instead. So does a file that is not there: its run ended before it could write.
 */
const total = { passed: 0, failed: 0, skipped: 0 };

const count = (file) => {
  const { testResults, numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const skipped = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'pending' || status === 'todo')
    .map(({ fullName }) => fullName);
  const missing = skipped.filter((name) => !/\(the (emulator|endpoint)\b/.test(name));
  for (const name of missing) process.stdout.write(`skipped, which counts as failed: ${name}\n`);
  total.passed += numPassedTests;
  total.failed += Math.max(numFailedTests, numFailedTestSuites) + missing.length;
  total.skipped += skipped.length - missing.length;
};

for (const file of process.argv.slice(2)) {
  try {
    count(file);
  } catch (error) {
    process.stdout.write(`${file} has no results: ${error.message}\n`);
    total.failed += 1;
  }
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
