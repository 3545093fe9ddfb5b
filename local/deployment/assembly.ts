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
}

interface Artifact {
  readonly type: string;
  readonly displayName?: string;
  /** `aws://<account>/<region>` */
  readonly environment?: string;
  readonly properties?: {
    readonly directoryName?: string;
    readonly stackName?: string;
    /** `/cdk-bootstrap/<qualifier>/version` */
    readonly bootstrapStackVersionSsmParameter?: string;
  };
}

/** Reads the stacks of a cloud assembly, with those of its stages. */
export async function readStacks(assembly: string): Promise<readonly SynthesizedStack[]> {
  const manifest = JSON.parse(await readFile(join(assembly, 'manifest.json'), 'utf8'));
  const artifacts = Object.entries<Artifact>(manifest.artifacts ?? {});
  const stacks = artifacts.map(async ([id, { type, displayName, environment, properties }]) => {
    if (type === 'cdk:cloud-assembly') return readStacks(join(assembly, properties?.directoryName ?? id));
    if (type !== 'aws:cloudformation:stack') return [];
    const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment ?? '') ?? [];
    const { stackName = id, bootstrapStackVersionSsmParameter = '' } = properties ?? {};
    const [, qualifier] = /^\/cdk-bootstrap\/([^/]+)\//.exec(bootstrapStackVersionSsmParameter) ?? [];
    const place = { account: known(account), region: known(region) };
    return [{ name: displayName ?? id, stackName, qualifier, ...place }];
  });
  return (await Promise.all(stacks)).flat();
}

/** The CDK writes `unknown-account` and `unknown-region`. */
function known(place: string | undefined): string | undefined {
  return place?.startsWith('unknown-') ? undefined : place;
}
