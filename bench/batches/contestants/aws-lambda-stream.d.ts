// Types for the parts of aws-lambda-stream that the benchmark uses, because the package has no types. The benchmark
// imports single modules, because the package's index loads the clients of many AWS services.

declare module 'aws-lambda-stream/from/sqs' {
  import type { SQSEvent } from 'aws-lambda';

  /** A stream of the Highland library. */
  export interface Stream<T> {
    map<U>(step: (item: T) => U): Stream<U>;
    flatMap<U>(step: (item: T) => Stream<U>): Stream<U>;
    group(step: (item: T) => string): Stream<Record<string, T[]>>;
    through<U>(step: (stream: Stream<T>) => U): U;
  }
  export function fromSqsEvent<Event>(event: SQSEvent): Stream<{ readonly event: Event }>;
}

declare module 'aws-lambda-stream/sinks/dynamodb' {
  import type { Stream } from 'aws-lambda-stream/from/sqs';

  export function updateDynamoDB(options: {
    readonly tableName: string;
    readonly parallel: number;
  }): <T>(stream: Stream<T>) => Stream<T>;
  export function updateExpression(item: object): object;
  export function timestampCondition(field: string): object;
}

declare module 'aws-lambda-stream/utils/batch' {
  import type { Stream } from 'aws-lambda-stream/from/sqs';

  export function toGroupUows<T>(groups: Record<string, T[]>): Stream<{ readonly batch: readonly T[] }>;
}

declare module 'aws-lambda-stream/utils/handler' {
  import type { Stream } from 'aws-lambda-stream/from/sqs';

  export function toPromise(stream: Stream<unknown>): Promise<'Success'>;
}
