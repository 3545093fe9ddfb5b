import { translateError } from '../../../operations/access/translate-error.ts';
import { CannotLookError } from '../../../operations/errors.ts';

const asked = { action: 'dynamodb:Query', region: 'eu-central-1' };

function errorOf(name: string, message = 'why', code?: string): Error {
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });
}

test.each([
  ['ExpiredToken', 'the credentials have expired. Sign in again'],
  ['ExpiredTokenException', 'the credentials have expired'],
  ['UnrecognizedClientException', 'AWS does not accept these credentials for dynamodb:Query in eu-central-1'],
  ['InvalidClientTokenId', 'give --region'],
  ['AccessDeniedException', 'You may not call dynamodb:Query: why. Ask for this permission'],
  ['AuthorizationErrorException', 'You may not call dynamodb:Query'],
  ['ThrottlingException', 'AWS throttles dynamodb:Query'],
  ['CredentialsProviderError', 'There are no credentials of AWS: why. Name a profile with --profile'],
  ['TimeoutError', 'No answer to dynamodb:Query in eu-central-1: why. Check the network'],
])('%s becomes one sentence with the action and the fix', (name, text) => {
  const translated = translateError(errorOf(name), asked) as Error;
  expect(translated).toBeInstanceOf(CannotLookError);
  expect(translated.message).toContain(text);
  expect(translated.message).not.toContain('\n');
});

test('an error of the network is known by its code', () => {
  const error = errorOf('Error', 'connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED');
  expect((translateError(error, asked) as Error).message).toContain(
    'Check the network, --region and AWS_ENDPOINT_URL',
  );
});

test('a missing Region names the option', () => {
  const error = translateError(new Error('Region is missing'), asked) as Error;
  expect(error.message).toBe(
    'There is no Region: give --region, or set AWS_REGION or the region of a profile.',
  );
});

test('an error about what was asked stays as it is', () => {
  const error = errorOf('ResourceNotFoundException');
  expect(translateError(error, asked)).toBe(error);
});
