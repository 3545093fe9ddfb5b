import { NotExecutedError, neverSent, PermanentError } from '../../runtime/index.ts';

interface SesError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** SES refused for a reason that is not this mail's: it would refuse the next mail too. */
const waits = new Set([
  'AccountSuspendedException',
  'LimitExceededException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
  'SendingPausedException',
  'ThrottlingException',
  'TooManyRequestsException',
  // The SDK throws it before it sends anything.
  'CredentialsProviderError',
]);

/** SES refused because of this mail. */
const refused = new Set(['BadRequestException', 'MessageRejected']);

/**
 * Translates an error of SES into what it means for the mail. Unknown errors are returned themselves, because the mail may have
 * been sent.
 *
 * @param recipient Removed from the error's texts, which are logged: SES quotes addresses.
 */
export function meaningOf(error: unknown, recipient: string): unknown {
  hide(recipient, error);
  const { name, message, $metadata } = error as SesError;
  const { httpStatusCode: status } = $metadata ?? {};
  const reason = `SES refused it with ${name}: ${message}`;
  if (neverSent(error)) {
    return new NotExecutedError(`SES cannot be reached: ${message || name}. Nothing was sent`, {
      cause: error,
    });
  }
  if (waits.has(name) || status === 401 || status === 403 || isSetup(name, message)) {
    return new NotExecutedError(`${reason}. Mails wait until this is fixed`, { cause: error });
  }
  if (refused.has(name)) return new PermanentError(reason, { cause: error });
  return error;
}

/**
 * SES uses one code for unverified addresses (the sender, or a recipient in SES's sandbox) and for refused content. Only the
 * text differs (Amazon SES Developer Guide, "Amazon SES email sending errors").
 */
function isSetup(name: string, message: string): boolean {
  return name === 'MessageRejected' && /not verified/i.test(message);
}

function hide(recipient: string, error: unknown): void {
  if (!(error instanceof Error)) return;
  const { message, stack } = error;
  error.message = message.replaceAll(recipient, '<the recipient>');
  if (stack !== undefined) error.stack = stack.replaceAll(recipient, '<the recipient>');
}
