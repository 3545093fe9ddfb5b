import { type Environment, ownEnvironment } from '../../system/environment.ts';
import { ToolError } from '../../system/errors.ts';
import { dynamoDbLocal, hasDynamoDbLocal, oldestJava } from '../../system/java/dynamodb-local.ts';
import { findJava, findMaven, type Java, runIn } from '../../system/java/find-java.ts';
import { findPython, type Python, probePath, pyenvPythons } from '../../system/python/find-python.ts';
import { pythonTool } from '../../system/python/python-tool.ts';

/** The package on PyPI. */
const localstackPackage = 'localstack-core';

/** LocalStack 4.14.0 uses syntax of Python 3.12, and its dependencies exclude each other on Python 3.14. Only 3.13 was tried. */
const pythonVersions = { tool: 'LocalStack', oldest: 13, newest: 13 } as const;

/** Everything that a LocalStack without Docker runs on. */
export interface Installation {
  /** The Python in whose environment LocalStack is installed. */
  readonly python: string;
  /** Folder with the jars of DynamoDB Local. */
  readonly jars: string;
  readonly javaHome: string;
}

/**
 * Installs LocalStack from PyPI and DynamoDB Local from Maven, unless they are there.
 * @throws ToolError that names every program that is missing, or says why a download failed
 */
export async function installLocalStack(onStep: (step: string) => void): Promise<Installation> {
  const { python, java } = await findPrograms(ownEnvironment());
  if (!hasDynamoDbLocal()) onStep('Installing DynamoDB Local');
  const jars = await dynamoDbLocal();
  return { python: await pythonTool(localstackPackage, onStep, python), jars, javaHome: java.home };
}

async function findPrograms(env: Environment): Promise<{ readonly python: Python; readonly java: Java }> {
  const run = runIn(env);
  const [python, java, maven] = await Promise.allSettled([
    findPython(probePath(env), pythonVersions, pyenvPythons(env)),
    findJava(run, env, oldestJava),
    hasDynamoDbLocal() ? undefined : findMaven(run),
  ]);
  if (python.status === 'fulfilled' && java.status === 'fulfilled' && maven.status === 'fulfilled')
    return { python: python.value, java: java.value };
  throw missing([python, java, maven]);
}

/** One error for all programs, so that nobody meets them one after the other. */
export function missing(results: readonly PromiseSettledResult<unknown>[]): Error {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const [first] = reasons;
  if (reasons.length === 1 && first !== undefined) return first;
  const lines = reasons.map(({ message }) => `- ${message}`);
  return new ToolError(`LocalStack without Docker needs other programs:\n${lines.join('\n')}`);
}
