import { Problem } from './problem.ts';

/** What API Gateway says of who calls (API Gateway, "Lambda proxy integrations for HTTP APIs", format 2.0). */
export interface Authorizer {
  readonly iam?: {
    readonly userId?: string | null;
    readonly cognitoIdentity?: { readonly identityId?: string | null } | null;
  } | null;
  readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> | null } | null;
}

/** Unique ids of roles begin so (IAM User Guide, "IAM identifiers"); a session adds its name behind a colon. */
const roleSession = /^(AROA[A-Z0-9]+):/;

/**
 * Who calls, the same in every session and with every token: a role's or user's unique id, the id of a Cognito
 * identity, whose role is that of all users of its pool, or issuer and subject. Of no caller a key would be everybody's.
 *
 * @throws Problem 403 where the request carries no identity.
 */
export function callerOf(authorizer: Authorizer | undefined): string {
  const { userId, cognitoIdentity } = authorizer?.iam ?? {};
  const identityId = cognitoIdentity?.identityId;
  if (isText(identityId)) return `cognito:${identityId}`;
  if (isText(userId)) return `iam:${roleSession.exec(userId)?.[1] ?? userId}`;
  const { iss, sub } = authorizer?.jwt?.claims ?? {};
  if (isText(iss) && isText(sub)) return `jwt:${JSON.stringify([iss, sub])}`;
  throw new Problem(
    403,
    'NO_CALLER',
    'The request carries no identity: sign it for IAM (SigV4), or send a token with the claims "iss" and "sub"',
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
