import { existsSync } from 'node:fs';
import { ownEnvironment } from '../environment.ts';
import { ToolError } from '../errors.ts';
import { installAside } from '../install/install-aside.ts';
import { runChild } from '../processes.ts';

/** Without a version, Maven would choose one. */
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

export interface Jars {
  /** Name for messages. */
  readonly title: string;
  /** Path of a Maven project that depends on the program. */
  readonly pom: string;
  /** Path of the folder for the jars. */
  readonly home: string;
}

/**
 * Downloads a program's jars with Maven, unless they are there.
 * @throws ToolError if Maven cannot download them. @throws Error if Maven is missing
 */
export async function installJars({ title, pom, home }: Jars): Promise<void> {
  const isComplete = async () => existsSync(home);
  if (await isComplete()) return;
  await installAside({
    home,
    isComplete,
    async make(folder) {
      const command = [
        'mvn',
        '-q',
        '-B',
        '-f',
        pom,
        copyDependencies,
        `-DoutputDirectory=${folder}`,
      ] as const;
      const { code, output } = await runChild(command, { env: ownEnvironment() });
      if (code !== 0)
        throw new ToolError(
          `${title} cannot be installed: ${firstError(output)}. Maven downloads it from the repository that it is ` +
            'configured for: check the network',
        );
    },
  });
}

/** Maven's last errors explain how to ask Maven for more. Its first one names the problem. */
export function firstError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const error = lines.find((line) => line.startsWith('[ERROR]')) ?? lines.findLast((line) => line !== '');
  return error?.replace('[ERROR]', '').trim() ?? 'it printed nothing';
}
