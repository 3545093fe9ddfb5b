import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as v from 'valibot';
import { settingsObject, text } from './settings/settings-schema.ts';

const iam = settingsObject(
  { auth: v.literal('iam', '"iam" or "jwt": how callers of the intake are authorized') },
  '{ "auth": "iam" } or { "auth": "jwt", "jwtIssuer": "<URL>", "jwtAudience": "<audience>" }',
);

const jwt = settingsObject({
  auth: v.literal('jwt'),
  jwtIssuer: text(/^https:\/\/\S+$/, 'the https URL of a token issuer, as in the claim "iss"'),
  jwtAudience: text(/^\S+$/, 'the audience of its tokens, as in the claim "aud" or "client_id"'),
});

/**
 * The callers that may send orders: IAM principals, or bearers of an issuer's tokens.
 *
 * To add another way, add its settings here and its authorizer below, and read its caller in lambda/intake/caller.ts.
 */
export const intakeAuth = v.lazy((given) =>
  typeof given === 'object' && given !== null && 'auth' in given && given.auth === 'jwt' ? jwt : iam,
);

export type IntakeAuth =
  | { readonly auth: 'iam' }
  | { readonly auth: 'jwt'; readonly jwtIssuer: string; readonly jwtAudience: string };

export function authorizerOf(intake: IntakeAuth): IHttpRouteAuthorizer {
  switch (intake.auth) {
    case 'iam':
      return new HttpIamAuthorizer();
    case 'jwt':
      return new HttpJwtAuthorizer('Jwt', intake.jwtIssuer, { jwtAudience: [intake.jwtAudience] });
  }
}
