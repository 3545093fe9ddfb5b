import { EndpointError } from '../../system/errors.ts';
import { credentials } from './client-config.ts';

/** A request that an endpoint with the ability answers. */
interface Request {
  /** The service's name in signatures. */
  readonly service: string;
  readonly path: string;
}

interface Description {
  /** What an endpoint without the ability does, and what follows from it, in one line. */
  readonly without: string;
  /** Where AWS describes the ability. */
  readonly aws: string;
  /** The request that shows it. Absent if only deployed functions or filled queues show it. */
  readonly request?: Request;
}

/** Abilities of AWS that an emulator may lack, as far as commands or tests depend on them. */
const table = {
  httpApis: {
    without: 'has no HTTP APIs: the intake cannot be called',
    aws: 'API Gateway Developer Guide, "API Gateway HTTP APIs"',
    request: { service: 'apigateway', path: '/v2/apis' },
  },
  sesV2: {
    without: 'has no SES v2: mails go to a stand-in on this machine',
    aws: 'Amazon SES API v2 Reference, "SendEmail"',
    request: { service: 'ses', path: '/v2/email/identities' },
  },
  exactBodies: {
    without:
      'rewrites the JSON of messages, and numbers lose digits: no message with a number too long is sent',
    aws: 'Lambda Developer Guide, "Using Lambda with Amazon SQS"',
  },
  wholeBatches: {
    without: 'invokes a function once for each message group, not once for a batch of several',
    aws: 'Lambda Developer Guide, "Using Lambda with Amazon SQS"',
  },
  independentGroups: {
    without: 'holds a group back while a message of another group is hidden',
    aws: 'SQS Developer Guide, "FIFO queue delivery logic"',
  },
  groupScope: {
    without: 'removes a duplicate in another message group',
    aws: 'SNS Developer Guide, "High throughput FIFO topics"',
  },
  topicAttributes: {
    without: "drops FIFO topics' attributes at the deployment: they are set afterwards",
    aws: 'CloudFormation Template Reference, "AWS::SNS::Topic"',
  },
  requestChecks: {
    without: 'takes some transactions that DynamoDB refuses',
    aws: 'DynamoDB API Reference, "TransactWriteItems"',
  },
} satisfies Readonly<Record<string, Description>>;

export type Ability = keyof typeof table;

export const abilities: Readonly<Record<Ability, Description>> = table;

/** Longest answer, in ms. An emulator may load a service at its first request. */
const answerMs = 60_000;

/**
 * Asks an endpoint for the abilities that a request shows.
 * @returns Those that it lacks.
 * @throws EndpointError if a request gets no answer
 */
export async function askAbilities(url: string, region: string): Promise<Ability[]> {
  const asked = await Promise.all(
    Object.entries(abilities).map(async ([name, { request }]) => {
      const has = request === undefined || (await answers(url, region, request));
      return has ? [] : [name as Ability];
    }),
  );
  return asked.flat();
}

/** Emulators route a request by the service in its signature, and do not check the signature. */
async function answers(url: string, region: string, { service, path }: Request): Promise<boolean> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`;
  try {
    const response = await fetch(new URL(path, url), {
      headers: { authorization },
      signal: AbortSignal.timeout(answerMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch (cause) {
    const { name, message } = cause as Error;
    const reason = name === 'TimeoutError' ? `none in ${answerMs / 1_000} s` : message;
    throw new EndpointError(`${url} gave no answer to GET ${path} (${reason})`, { cause });
  }
}
