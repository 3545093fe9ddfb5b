import { ConfigurationError } from '../../contract/errors.ts';
import { anyAccount, shopVariables } from '../../contract/orders/shop-variables.ts';
import { Problem } from './problem.ts';

/** The caller as API Gateway describes it (API Gateway, "Lambda proxy integrations for HTTP APIs", format 2.0). */
export interface Authorizer {
  readonly iam?: {
    readonly userId?: string | null;
    readonly cognitoIdentity?: { readonly identityId?: string | null } | null;
  } | null;
  readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> | null } | null;
}

/** Start of a role's unique id (IAM User Guide, "IAM identifiers"); a session adds a colon and its name. */
const roleSession = /^(AROA[A-Z0-9]+):/;

/**
 * Returns the caller's id, which is the same in every session and with every token: the unique id of a role or user, the id of
 * a Cognito identity (its role is shared by all users of the pool), or a token's issuer and subject.
 *
 * @throws Problem 403 if the request has no identity. All such callers would share their keys.
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
    'The request has no identity: sign it for IAM (SigV4), or send a token with the claims "iss" and "sub"',
  );
}

/**
 * Checks that the caller may order for an account. An IAM principal that may call the API may order for every account. The
 * bearer of a token may order for the account that a claim of the token names.
 *
 * @param claim The claim, or `"any"` if each bearer may order for every account.
 * @throws Problem 403 for another account, or without the claim. It quotes neither account.
 * @throws ConfigurationError if the caller has a token, and no claim is set.
 */
export function checkAccount(
  account: string,
  authorizer: Authorizer | undefined,
  claim: string | undefined,
): void {
  const claims = authorizer?.jwt?.claims;
  if (claims === undefined || claims === null || claim === anyAccount) return;
  if (claim === undefined) {
    throw new ConfigurationError(
      `Environment variable ${shopVariables.jwtAccountClaim} is not set; it must be the claim of a token that names the ` +
        `account of its bearer, or "${anyAccount}". The construct OrderIntake sets it from "intake.jwtAccountClaim".`,
    );
  }
  const own = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (own === account) return;
  throw new Problem(
    403,
    'ACCOUNT_NOT_ALLOWED',
    isText(own)
      ? `account: the claim "${claim}" of the token names another account; order for that account, or send its token`
      : `account: the token has no claim "${claim}" with a text, which names the account that its bearer may order for`,
    { field: 'account' },
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
