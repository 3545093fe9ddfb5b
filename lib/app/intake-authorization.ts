import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { ConfigurationError } from '../../contract/errors.ts';
import { check, type Expectation } from './check-setting.ts';

interface Setting extends Expectation {
  /** The setting's name in the CDK context. */
  readonly name: string;
}

interface Authorization<Member extends string> {
  readonly settings: Readonly<Record<Member, Setting>>;
  readonly authorizer: (given: Readonly<Record<Member, string>>) => IHttpRouteAuthorizer;
}

/**
 * The ways to authorize the intake's callers, each with its required settings and its authorizer. To add one, add an
 * entry here, and read its caller in lambda/intake/caller.ts.
 */
const authorizations = {
  iam: authorization({}, () => new HttpIamAuthorizer()),
  jwt: authorization(
    {
      issuer: {
        name: 'jwtIssuer',
        valid: /^https:\/\/\S+$/,
        wanted: 'the https URL of a token issuer, as in the claim "iss"',
      },
      audience: {
        name: 'jwtAudience',
        valid: /^\S+$/,
        wanted: 'the audience of its tokens, as in the claim "aud" or "client_id"',
      },
    },
    ({ issuer, audience }) => new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience: [audience] }),
  ),
} as const;

type Kind = keyof typeof authorizations;

/** The callers that may send orders: IAM principals, or bearers of an issuer's tokens. */
export type IntakeAuth = {
  readonly [K in Kind]: { readonly kind: K } & Readonly<
    Record<keyof (typeof authorizations)[K]['settings'], string>
  >;
}[Kind];

export function authorizerOf(auth: IntakeAuth): IHttpRouteAuthorizer {
  const { authorizer }: Authorization<never> = authorizations[auth.kind] as Authorization<never>;
  return authorizer(auth);
}

/**
 * Reads `intakeAuth` and its settings.
 *
 * @throws ConfigurationError if a setting of the chosen authorization is missing, or a setting of another one is given.
 */
export function readIntakeAuth(read: (name: string) => string | undefined): IntakeAuth {
  const kinds = Object.keys(authorizations) as Kind[];
  const kind = check('intakeAuth', read('intakeAuth') ?? 'iam', {
    valid: (value) => kinds.some((known) => known === value),
    wanted: kinds.map((known) => `"${known}"`).join(' or '),
  }) as Kind;
  const settings = kinds.flatMap((owner) =>
    Object.entries<Setting>(authorizations[owner].settings).map(([member, setting]) => ({
      ...{ owner, member, name: setting.name },
      value: check(setting.name, read(setting.name), setting),
    })),
  );
  const own = settings.filter(({ owner }) => owner === kind);
  const missing = own.filter(({ value }) => value === undefined);
  const foreign = settings.filter(({ owner, value }) => owner !== kind && value !== undefined);
  const [wrong] = [...missing, ...foreign];
  if (wrong === undefined) {
    return { kind, ...Object.fromEntries(own.map(({ member, value }) => [member, value])) } as IntakeAuth;
  }
  const named = (missing.length > 0 ? missing : foreign).map(({ name }) => `"${name}"`).join(' and ');
  const together = settings.filter(({ owner }) => owner === wrong.owner).map(({ name }) => `-c ${name}=...`);
  throw new ConfigurationError(
    `Context "intakeAuth" is "${kind}" ${missing.length > 0 ? 'without' : 'beside'} ${named}; give ` +
      `-c intakeAuth=${wrong.owner}, ${together.join(' and ')} together, or none of them.`,
  );
}

function authorization<Member extends string>(
  settings: Readonly<Record<Member, Setting>>,
  authorizer: (given: Readonly<Record<Member, string>>) => IHttpRouteAuthorizer,
): Authorization<Member> {
  return { settings, authorizer };
}
