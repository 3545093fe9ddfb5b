import * as v from 'valibot';
import { anyJump, sequenceJump } from '../../contract/orders/shop-variables.ts';
import { authorizations, type IntakeAuth } from './intake-authorization.ts';
import { settingsObject } from './settings/settings-schema.ts';

export type IntakeSettings = IntakeAuth & {
  /**
   * How far the sequence of an order may be above the last applied one of its account, so that nobody can freeze an account
   * with a very high one. `"any"` accepts every sequence.
   * @default 1,000,000
   */
  readonly maxSequenceJump?: number | typeof anyJump | undefined;
};

const { least, most } = sequenceJump;

const common = {
  maxSequenceJump: v.optional(
    v.custom<number | typeof anyJump>(
      (value) => value === anyJump || (Number.isSafeInteger(value) && Number(value) >= least),
      `a whole number from ${least} to ${most}, how far a sequence may be above the last applied one of its account, or ` +
        `"${anyJump}" to let a caller freeze an account with a very high sequence`,
    ),
  ),
};

const iam = settingsObject(
  { ...authorizations.iam, ...common },
  '{ "auth": "iam" } or { "auth": "jwt", "jwtIssuer": "<URL>", "jwtAudience": "<audience>", "jwtAccountClaim": "<claim>" }',
);
const jwt = settingsObject({ ...authorizations.jwt, ...common });

/** The settings of the intake. */
export const intakeSettings = v.lazy((given) =>
  typeof given === 'object' && given !== null && 'auth' in given && given.auth === 'jwt' ? jwt : iam,
);
