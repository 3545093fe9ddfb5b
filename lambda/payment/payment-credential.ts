import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigurationError } from '../../contract/errors.ts';
import { shopVariables } from '../../contract/orders/shop-variables.ts';
import { clientOptions } from '../../runtime/aws/sdk-client-options.ts';
import { codeOf, describe, NotExecutedError } from '../../runtime/handler/errors.ts';
import type { ReadAuthorization } from '../../runtime/http/credential.ts';

/** Seconds for which a secret is remembered. A rotated one is also read again after the provider refuses the old one. */
const maxAge = 300;

/** The characters of a bearer token (RFC 6750, section 2.1). */
const token = /^[A-Za-z0-9._~+/-]+=*$/;

/** Errors that pass by themselves (AWS Secrets Manager API, "Common errors" and "GetSecretValue"). */
const passing = /^(Throttl|TooManyRequests|InternalService|InternalFailure|ServiceUnavailable|Timeout|Abort)/;

/**
 * Reads the payment provider's credential from Secrets Manager, as `Bearer <token>`. The secret is a text: the token alone.
 *
 * @param client A client for tests. @default - a client of the secret's Region
 * @throws ConfigurationError if the secret cannot be read, or is no token; NotExecutedError if Secrets Manager gave no
 *   answer. The message waits in both cases. Neither quotes the secret.
 */
export function paymentCredential(
  secretArn: string,
  client = new SecretsManagerClient({ ...clientOptions, ...regionOf(secretArn), maxAttempts: 2 }),
): ReadAuthorization {
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  return async (refused) => {
    let secret: unknown;
    try {
      secret = await provider.get(secretArn, { maxAge, forceFetch: refused !== undefined });
    } catch (error) {
      throw unreadable(error);
    }
    if (typeof secret === 'string' && token.test(secret)) return `Bearer ${secret}`;
    throw new ConfigurationError(
      `The secret of ${shopVariables.paymentSecretArn} is no token; it must be a text of letters, digits and "-._~+/=", without ` +
        'JSON, quotes and line breaks. Store the token as plain text',
    );
  };
}

function unreadable(error: unknown): Error {
  // Powertools wraps the client's error.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const said = `${codeOf(cause)}: ${describe(cause)}`;
  if (isPassing(cause)) {
    return new NotExecutedError(`Secrets Manager gave no credential of the payment provider: ${said}`, {
      cause,
    });
  }
  return new ConfigurationError(
    `The credential of the payment provider cannot be read: ${said}. Check ${shopVariables.paymentSecretArn} ` +
      '("billing.paymentSecretArn"), and that the function may read the secret and its key',
    { cause },
  );
}

function isPassing(error: unknown): boolean {
  const {
    name = '',
    $retryable,
    $metadata,
  } = (error ?? {}) as {
    readonly name?: string;
    readonly $retryable?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const { httpStatusCode: status } = $metadata ?? {};
  // Without a status there was no answer.
  return passing.test(name) || $retryable !== undefined || status === undefined || status >= 500;
}

/** `arn:aws:secretsmanager:eu-central-1:...` */
function regionOf(arn: string): { readonly region?: string } {
  const region = arn.split(':')[3];
  return region === undefined || region === '' ? {} : { region };
}
