/**
 * In milliseconds, for every client of the SDK: a request that takes longer is given up and sent again by the SDK,
 * to DynamoDB with the same request token. A healthy one takes tens of milliseconds; without a bound one dead
 * connection would eat the invocation.
 */
export const requestTimeouts = { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true };
