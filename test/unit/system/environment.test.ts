import { withoutAws } from '../../../system/environment.ts';

test("withoutAws keeps the user's accounts and proxies from the tools, and nothing else", () => {
  // GIVEN
  const own = {
    PATH: '/bin',
    AWS_PROFILE: 'production',
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_ENDPOINT_URL_SQS: 'https://sqs.us-east-1.amazonaws.com',
    HTTPS_PROXY: 'http://proxy:3128',
    http_proxy: 'http://proxy:3128',
    ALL_PROXY: 'socks://proxy',
    NO_PROXY: 'localhost',
    MY_AWS_NOTE: 'kept',
  };
  // WHEN, THEN
  expect(withoutAws(own)).toEqual({ PATH: '/bin', NO_PROXY: 'localhost', MY_AWS_NOTE: 'kept' });
});
