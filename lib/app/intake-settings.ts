import { ConfigurationError } from '../../contract/errors.ts';
import { check } from './check-setting.ts';
import type { IntakeAuth } from './order-intake.ts';

const kindsOfAuth = ['iam', 'jwt'] as const;

/** @throws ConfigurationError where an issuer and its audience are not given together, or beside `iam`. */
export function readIntakeAuth(read: (name: string) => string | undefined): IntakeAuth {
  const kind = check('intakeAuth', read('intakeAuth') ?? 'iam', {
    valid: new RegExp(`^(${kindsOfAuth.join('|')})$`),
    wanted: kindsOfAuth.map((name) => `"${name}"`).join(' or '),
  }) as IntakeAuth['kind'];
  const issuer = check('jwtIssuer', read('jwtIssuer'), {
    valid: /^https:\/\/\S+$/,
    wanted: 'the https URL of a token issuer, as in the claim "iss"',
  });
  const audience = check('jwtAudience', read('jwtAudience'), {
    valid: /^\S+$/,
    wanted: 'the audience of its tokens, as in the claim "aud" or "client_id"',
  });
  if (kind === 'jwt' && issuer !== undefined && audience !== undefined) return { kind, issuer, audience };
  if (kind === 'iam' && issuer === undefined && audience === undefined) return { kind };
  const given = { jwtIssuer: issuer, jwtAudience: audience };
  const names = Object.entries(given).filter(([, value]) => (value === undefined) === (kind === 'jwt'));
  throw new ConfigurationError(
    `Context "intakeAuth" is "${kind}" ${kind === 'jwt' ? 'without' : 'beside'} ` +
      `${names.map(([name]) => `"${name}"`).join(' and ')}; give -c intakeAuth=jwt, -c jwtIssuer=... and ` +
      '-c jwtAudience=... together, or none of them.',
  );
}
