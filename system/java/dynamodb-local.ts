import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../folders.ts';
import { installJars, type Jars } from './install-jars.ts';

const jars: Jars = {
  title: 'DynamoDB Local',
  pom: join(import.meta.dirname, 'dynamodb-local.pom.xml'),
  home: join(stateFolder, 'installs', 'dynamodb-local-2.6.0'),
};

/** The oldest Java that runs DynamoDB Local 2 (DynamoDB Developer Guide, "Setting up DynamoDB local"). */
export const oldestJava = 17;

export function hasDynamoDbLocal(): boolean {
  return existsSync(jars.home);
}

/**
 * Installs Amazon's DynamoDB Local with Maven, unless it is there.
 * @returns Path of the folder with its jars and native libraries.
 */
export async function dynamoDbLocal(): Promise<string> {
  await installJars(jars);
  return jars.home;
}
