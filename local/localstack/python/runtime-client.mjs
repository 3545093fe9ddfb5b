// The program in the process of a function. It takes invocations from the Lambda Runtime API, and calls the handler
// (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes").
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// biome-ignore lint/style/noProcessEnv: Lambda gives a function its settings in the environment.
const env = process.env;
const [hostname, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true });
/** Id of the current invocation. */
let requestId;

/** Sends a request without a timeout: `fetch` would stop waiting for an invocation after five minutes. */
function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options = { method, hostname, port, agent, headers, path: `/2018-06-01/runtime/${path}` };
    const sent = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function describe(error) {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({ errorType: name, errorMessage: message, trace: stack?.split('\n') ?? [] });
}

function log(error) {
  process.stderr.write(`${error?.stack ?? error}\n`);
}

async function reportAndExit(error) {
  log(error);
  const path = requestId ? `invocation/${requestId}/error` : 'init/error';
  await call('POST', path, describe(error)).catch(() => {});
  process.exit(129);
}
process.on('uncaughtException', reportAndExit);
process.on('unhandledRejection', reportAndExit);

async function loadHandler() {
  const dot = env._HANDLER.lastIndexOf('.');
  const path = join(env.LAMBDA_TASK_ROOT, env._HANDLER.slice(0, dot));
  const file = ['.mjs', '.js', '.cjs'].map((extension) => path + extension).find((name) => existsSync(name));
  const loaded = await import(pathToFileURL(file ?? path));
  const name = env._HANDLER.slice(dot + 1);
  const handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== 'function') throw new Error(`${env._HANDLER} is not a function`);
  return handler;
}

function contextOf(headers) {
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Number(headers['lambda-runtime-deadline-ms']) - Date.now()),
  };
}

/** Calls a handler that returns a promise or uses its callback. */
function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  });
}

const handler = await loadHandler();
for (;;) {
  // Without an answer, LocalStack has ended.
  const { headers, body } = await call('GET', 'invocation/next').catch(() => process.exit(0));
  const context = contextOf(headers);
  requestId = context.awsRequestId;
  env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  try {
    const result = await run(handler, JSON.parse(body), context);
    await call('POST', `invocation/${requestId}/response`, JSON.stringify(result ?? null));
  } catch (error) {
    log(error);
    await call('POST', `invocation/${requestId}/error`, describe(error));
  }
  requestId = undefined;
}
