import { NotExecutedError, neverSent, PermanentError } from '../../runtime/index.ts';

interface SesError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Refused, and not because of this mail: the next one would be refused too. */
const waits = new Set([
  'AccountSuspendedException',
  'LimitExceededException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
  'SendingPausedException',
  'ThrottlingException',
  'TooManyRequestsException',
  // Of the SDK, before it sends anything.
  'CredentialsProviderError',
]);

/** Refused because of what this mail is. */
const refused = new Set(['BadRequestException', 'MessageRejected']);

/**
 * What an error of a call to SES says about its mail. What is not known to be a refusal is left as it is: the mail may
 * have been sent.
 */
export function meaningOf(error: unknown): unknown {
  const { name, message, $metadata } = error as SesError;
  const { httpStatusCode: status } = $metadata ?? {};
  const reason = `SES refused it with ${name}: ${message}`;
  if (neverSent(error)) {
    return new NotExecutedError(`SES cannot be reached: ${message || name}. Nothing was sent`, {
      cause: error,
    });
  }
  if (waits.has(name) || status === 401 || status === 403 || isSetup(name, message)) {
    return new NotExecutedError(`${reason}. Mails wait until that is over`, { cause: error });
  }
  if (refused.has(name)) return new PermanentError(reason, { cause: error });
  return error;
}

/**
 * A sender that is not verified, or a recipient while the account is in SES's sandbox, has the same code as a mail
 * whose content is refused: only the text tells (Amazon SES Developer Guide, "Amazon SES email sending errors").
 */
function isSetup(name: string, message: string): boolean {
  return name === 'MessageRejected' && /not verified/i.test(message);
}
