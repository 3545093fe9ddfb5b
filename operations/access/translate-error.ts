import { truncate } from '../../contract/truncate.ts';
import { CannotLookError } from '../errors.ts';

/** A request to AWS, for the text of an error. */
export interface Asked {
  /** The action, as AWS names it in policies: `dynamodb:Query`. */
  readonly action: string;
  readonly region: string;
}

const signIn = 'Sign in again ("aws sso login", for instance), or name another profile with --profile.';

/** Names of errors that concern the caller or the connection, not what was asked. Services name them differently. */
const rows: readonly (readonly [names: RegExp, text: (asked: Asked, message: string) => string])[] = [
  [
    /^(CredentialsProviderError|ProviderError|InvalidConfiguration)$/,
    (_, message) =>
      `There are no credentials of AWS: ${sentence(message)} Name a profile with --profile, or set AWS_ACCESS_KEY_ID.`,
  ],
  [
    /^(ExpiredToken(Exception)?|TokenRefreshRequired|RequestExpired)$/,
    ({ action }) => `AWS refuses ${action}: the credentials have expired. ${signIn}`,
  ],
  [
    /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|NotAuthorized|AuthFailure)$/,
    ({ action, region }) =>
      `AWS does not accept these credentials for ${action} in ${region}. ${signIn} If the Region is wrong, give --region.`,
  ],
  [
    /^(AccessDenied(Exception)?|AuthorizationError(Exception)?|UnauthorizedOperation|NotAuthorizedException)$/,
    ({ action }, message) =>
      `You may not call ${action}: ${sentence(message)} Ask for this permission, or name another profile with --profile.`,
  ],
  [
    /^(Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|RequestThrottled|SlowDown)/,
    ({ action }) => `AWS throttles ${action}. Nothing is lost by trying again in a minute.`,
  ],
  [
    /^(TimeoutError|RequestTimeout|NetworkingError|ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/,
    ({ action, region }, message) =>
      `No answer to ${action} in ${region}: ${sentence(message)} Check the network, --region and AWS_ENDPOINT_URL.`,
  ],
];

/** The error of a request as one sentence with its fix; the error itself if it is about what was asked. */
export function translateError(error: unknown, asked: Asked): unknown {
  if (!(error instanceof Error)) return error;
  const { message } = error;
  if (message === 'Region is missing') return noRegion(error);
  // Errors of the network have a code; a few come as the cause of another error.
  const { code } = error as NodeJS.ErrnoException;
  const names = [error.name, code].filter((name) => typeof name === 'string');
  const row = rows.find(([pattern]) => names.some((name) => pattern.test(name)));
  return row === undefined ? error : new CannotLookError(row[1](asked, message), { cause: error });
}

function noRegion(cause: Error): CannotLookError {
  return new CannotLookError(
    'There is no Region: give --region, or set AWS_REGION or the region of a profile.',
    {
      cause,
    },
  );
}

/** A message of AWS as a sentence in one line. */
function sentence(message: string): string {
  const line = truncate(message.replace(/\s+/g, ' ').trim(), 300);
  return line === '' ? 'it gives no reason.' : /[.!?]$/.test(line) ? line : `${line}.`;
}
