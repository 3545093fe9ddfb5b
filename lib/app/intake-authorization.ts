import type { AddRoutesOptions } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as v from 'valibot';
import { anyAccount } from '../../contract/orders/shop-variables.ts';
import { text } from './settings/settings-schema.ts';

/** AWS: "Quotas for configuring and running an HTTP API in API Gateway", scopes per route. */
const maxScopes = 10;

/** A scope of OAuth has no blanks, quotes and backslashes (RFC 6749, section 3.3). */
const scope = /^[!#-[\]-~]+$/;

/**
 * The settings of each way to authorize callers. They are IAM principals, or bearers of an issuer's tokens.
 *
 * To add another way, add its settings here and its authorizer below, and read its caller in lambda/intake/caller.ts.
 */
export const authorizations = {
  iam: { auth: v.literal('iam', '"iam" or "jwt": how callers of the intake are authorized') },
  jwt: {
    auth: v.literal('jwt'),
    jwtIssuer: text(/^https:\/\/\S+$/, 'the https URL of a token issuer, as in the claim "iss"'),
    jwtAudience: text(/^\S+$/, 'the audience of its tokens, as in the claim "aud" or "client_id"'),
    jwtAccountClaim: text(
      /^\S+$/,
      'the claim that names the account for which the bearer of a token may order, "customer_id" for instance, or ' +
        `"${anyAccount}" to let each bearer order for every account`,
    ),
    jwtScopes: v.optional(
      v.custom<readonly string[]>(
        isScopes,
        `a list of 1 to ${maxScopes} scopes without blanks, ["orders/write"] for instance: a token needs one of them`,
      ),
    ),
  },
} as const;

export type IntakeAuth = { readonly auth: 'iam' } | JwtAuth;

export interface JwtAuth {
  readonly auth: 'jwt';
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  /**
   * The claim that names the account for which the bearer of a token may order; `"any"` lets each bearer order for every
   * account. There is no default, because every bearer of a token can order for all accounts without the check.
   */
  readonly jwtAccountClaim: string;
  /** Scopes of which a token needs at least one. @default - a token needs no scope */
  readonly jwtScopes?: readonly string[] | undefined;
}

/** The authorization of the intake's route. */
export function authorizationOf(
  intake: IntakeAuth,
): Required<Pick<AddRoutesOptions, 'authorizer'>> & Pick<AddRoutesOptions, 'authorizationScopes'> {
  switch (intake.auth) {
    case 'iam':
      return { authorizer: new HttpIamAuthorizer() };
    case 'jwt': {
      const { jwtIssuer, jwtAudience, jwtScopes } = intake;
      return {
        authorizer: new HttpJwtAuthorizer('Jwt', jwtIssuer, { jwtAudience: [jwtAudience] }),
        ...(jwtScopes && { authorizationScopes: [...jwtScopes] }),
      };
    }
  }
}

/**
 * The members of an access log line that name the caller (AWS: "Customize HTTP API access logs"). They are identifiers:
 * a line contains no token, no signature and no other claim.
 */
export function principalOf({ auth }: IntakeAuth): Readonly<Record<string, string>> {
  switch (auth) {
    case 'iam':
      return {
        principal: '$context.identity.userArn',
        // The users of a Cognito identity pool share a role.
        cognitoIdentity: '$context.identity.cognitoIdentityId',
      };
    case 'jwt':
      return { principal: '$context.authorizer.claims.sub' };
  }
}

function isScopes(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > maxScopes) return false;
  return value.every((one) => typeof one === 'string' && scope.test(one));
}
