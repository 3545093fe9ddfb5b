/**
 * Envelopes that differ between two deliveries, or two sendings, of the same content. Only the content is compared.
 *
 * D1 delivers an SQS record and dies. D2 delivers the same message with another `receiptHandle`. If the whole record
 * were compared, D2 would be refused until the record of D1 expires.
 *
 * Events in which nothing differs between deliveries are not listed (DynamoDB streams, S3, Cognito): they are compared
 * as a whole. The members are those of the AWS pages "Using Lambda with other services".
 */
interface Envelope {
  readonly name: string;
  /** Members that identify the envelope; a dotted path leads into an object. */
  readonly has: readonly string[];
  /** Returns the sender's content. */
  content(event: Members): unknown;
}

type Members = Readonly<Record<string, unknown>>;

const http = ['body', 'isBase64Encoded'];

const envelopes: readonly Envelope[] = [
  {
    // A queue adds message attributes on a move (to a dead-letter queue, for instance), so they do not count.
    name: 'SQS record',
    has: ['messageId', 'receiptHandle', 'body'],
    content: ({ body }) => unwrapped(body),
  },
  {
    name: 'SNS record',
    has: ['Sns.Message'],
    content: ({ Sns }) => picked(Sns as Members, ['TopicArn', 'Subject', 'Message']),
  },
  {
    name: 'SNS message',
    has: ['MessageId', 'TopicArn', 'Message'],
    content: (message) => picked(message, ['TopicArn', 'Subject', 'Message']),
  },
  {
    // A second PutEvents has another id and time; a replay of an archive adds its name.
    name: 'EventBridge event',
    has: ['detail-type', 'source', 'detail'],
    content: (event) => picked(event, ['source', 'detail-type', 'resources', 'detail']),
  },
  {
    // A producer's retry gets another sequence number and arrival time.
    name: 'Kinesis record',
    has: ['kinesis.data'],
    content: ({ kinesis }) => picked(kinesis as Members, ['partitionKey', 'data']),
  },
  {
    name: 'Firehose record',
    has: ['recordId', 'approximateArrivalTimestamp', 'data'],
    content: ({ data }) => data,
  },
  {
    name: 'Firehose event',
    has: ['invocationId', 'deliveryStreamArn', 'records'],
    content: ({ deliveryStreamArn, records }) => ({ deliveryStreamArn, records: eachContent(records) }),
  },
  {
    name: 'Kafka record',
    has: ['topic', 'partition', 'offset', 'value'],
    content: (event) => picked(event, ['topic', 'key', 'value', 'headers']),
  },
  {
    name: 'Kafka event',
    has: ['eventSource', 'bootstrapServers', 'records'],
    content: ({ records }) => eachOf(records),
  },
  {
    name: 'ActiveMQ message',
    has: ['messageID', 'redelivered', 'data'],
    content: (event) => picked(event, ['messageType', 'properties', 'data']),
  },
  {
    name: 'ActiveMQ event',
    has: ['eventSource', 'eventSourceArn', 'messages'],
    content: ({ messages }) => eachContent(messages),
  },
  {
    name: 'RabbitMQ message',
    has: ['basicProperties', 'redelivered', 'data'],
    content: ({ basicProperties, data }) => ({ ...picked(basicProperties as Members, ['type']), data }),
  },
  {
    name: 'RabbitMQ event',
    has: ['eventSource', 'eventSourceArn', 'rmqMessagesByQueue'],
    content: ({ rmqMessagesByQueue }) => eachOf(rmqMessagesByQueue),
  },
  {
    name: 'S3 batch operation',
    has: ['invocationSchemaVersion', 'invocationId', 'job', 'tasks'],
    content: ({ job, tasks }) => ({ job, tasks }),
  },
  {
    name: 'WebSocket message',
    has: ['requestContext.connectionId'],
    content: (event) => ({ ...picked(event, http), routeKey: at(event, 'requestContext.routeKey') }),
  },
  {
    // API Gateway (REST and HTTP), function URL, Application Load Balancer, VPC Lattice. A retry has other headers
    // (X-Amzn-Trace-Id, User-Agent), another requestId and another time.
    name: 'HTTP request',
    has: ['requestContext', 'headers'],
    content: (event) => ({
      ...picked(event, ['httpMethod', 'path', 'rawPath', 'rawQueryString', ...http]),
      method: event.method ?? at(event, 'requestContext.http.method'),
      query: event.multiValueQueryStringParameters ?? event.queryStringParameters,
    }),
  },
  {
    name: 'VPC Lattice request, version 1',
    has: ['method', 'raw_path', 'headers', 'query_string_parameters'],
    content: (event) => picked(event, ['method', 'raw_path', 'body', 'is_base64_encoded']),
  },
  {
    name: 'AppSync request',
    has: ['arguments', 'info.fieldName', 'info.parentTypeName', 'request.headers'],
    content: (event) => ({
      ...picked(event, ['arguments', 'source']),
      field: [at(event, 'info.parentTypeName'), at(event, 'info.fieldName')],
    }),
  },
];

/** The default payload of an input: the whole input, or the content of an envelope. */
export function payloadOf(input: unknown): unknown {
  if (!isObject(input)) return eachContent(input);
  if (!Array.isArray(input.Records)) return contentOf(input);
  return { ...input, Records: eachContent(input.Records) };
}

function contentOf(input: unknown): unknown {
  if (!isObject(input)) return input;
  const envelope = envelopes.find(({ has }) => has.every((path) => at(input, path) !== undefined));
  return envelope === undefined ? input : envelope.content(input);
}

/** A text body can contain another envelope: an SNS message or an EventBridge event. */
function unwrapped(body: unknown): unknown {
  if (typeof body !== 'string' || !body.trimStart().startsWith('{')) return contentOf(body);
  try {
    const parsed: unknown = JSON.parse(body);
    const content = contentOf(parsed);
    return content === parsed ? body : content;
  } catch {
    return body;
  }
}

function eachContent(list: unknown): unknown {
  return Array.isArray(list) ? list.map(contentOf) : list;
}

/** The payloads of an object of lists. */
function eachOf(lists: unknown): unknown {
  if (!isObject(lists)) return lists;
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, eachContent(list)]));
}

function picked(from: Members, names: readonly string[]): Members {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

function at(from: Members, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), from);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
