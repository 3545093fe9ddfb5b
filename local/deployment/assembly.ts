import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A stack of a synthesized app. */
export interface SynthesizedStack {
  /** The name by which the CDK's command selects it: `Loyalty`, or `Production/Loyalty` in a stage. */
  readonly name: string;
  /** Its name in CloudFormation: `Loyalty`, or `Production-Loyalty` in a stage. */
  readonly stackName: string;
  /** Where it is deployed. `undefined` if the app leaves that to the command. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Qualifier of the resources of `cdk bootstrap` that it needs; `undefined` if it needs none. */
  readonly qualifier: string | undefined;
  /** Path of its template. Those of its nested stacks are beside it. */
  readonly template: string;
  /** Names of the stacks that the CDK deploys before it. */
  readonly dependencies: readonly string[];
}

const stackType = 'aws:cloudformation:stack';

interface Artifact {
  readonly type: string;
  readonly displayName?: string;
  /** `aws://<account>/<region>` */
  readonly environment?: string;
  /** Ids of other artifacts: stacks, and assets. */
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly directoryName?: string;
    readonly stackName?: string;
    readonly templateFile?: string;
    /** `/cdk-bootstrap/<qualifier>/version` */
    readonly bootstrapStackVersionSsmParameter?: string;
  };
}

/** Reads the stacks of a cloud assembly, with those of its stages. */
export async function readStacks(assembly: string): Promise<readonly SynthesizedStack[]> {
  const manifest = JSON.parse(await readFile(join(assembly, 'manifest.json'), 'utf8'));
  const artifacts: Readonly<Record<string, Artifact>> = manifest.artifacts ?? {};
  const stacks = Object.entries(artifacts).map(async ([id, artifact]) => {
    const { type, environment, properties = {}, dependencies = [] } = artifact;
    if (type === 'cdk:cloud-assembly') return readStacks(join(assembly, properties.directoryName ?? id));
    if (type !== stackType) return [];
    const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment ?? '') ?? [];
    const { stackName = id, templateFile = '', bootstrapStackVersionSsmParameter = '' } = properties;
    const [, qualifier] = /^\/cdk-bootstrap\/([^/]+)\//.exec(bootstrapStackVersionSsmParameter) ?? [];
    const stack: SynthesizedStack = {
      name: nameOf(id, artifact),
      stackName,
      account: known(account),
      region: known(region),
      qualifier,
      template: join(assembly, templateFile),
      dependencies: dependencies.flatMap((other) => {
        const found = artifacts[other];
        return found?.type === stackType ? [nameOf(other, found)] : [];
      }),
    };
    return [stack];
  });
  return (await Promise.all(stacks)).flat();
}

function nameOf(id: string, { displayName }: Artifact): string {
  return displayName ?? id;
}

/** The CDK writes `unknown-account` and `unknown-region`. */
function known(place: string | undefined): string | undefined {
  return place?.startsWith('unknown-') ? undefined : place;
}
