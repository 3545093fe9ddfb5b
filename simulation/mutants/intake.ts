import type { Mutant } from './mutant.ts';

/** Mutants of the intake. */
export const intakeMutants = {
  "Powertools' layer in the intake": {
    rule: 'An order that may be published keeps its key',
    file: 'lambda/intake/create-intake.ts',
    text: "import { FencedPersistenceLayer } from '../../runtime/powertools/fenced-persistence-layer.ts';",
    replacement: `import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
class FencedPersistenceLayer extends DynamoDBPersistenceLayer {
  firstAttemptAt(): undefined {}
}`,
  },
  'a key given up after an error': {
    rule: 'The record of a failed request stays',
    file: 'lambda/intake/create-intake.ts',
    text: "afterError: 'release',",
    replacement: "afterError: 'delete',",
    workload: 'intake',
  },
  'an event id of its own': {
    rule: "The intake's event derives only from caller and key",
    file: 'lambda/intake/order-request.ts',
    text: 'id: sha256(canonicalJson([caller, key])),',
    replacement: 'id: sha256(canonicalJson([caller, key, Math.random()])),',
  },
  'an error kept as the answer': {
    rule: 'An unclear publish is never a stored answer',
    file: 'lambda/intake/create-intake.ts',
    text: '      await events.publish(event, store.firstAttemptAt(request) ?? clock.now());',
    replacement: `      try {
        await events.publish(event, store.firstAttemptAt(request) ?? clock.now());
      } catch {
        return { statusCode: 503, headers: {}, body: '' };
      }`,
  },
} as const satisfies Readonly<Record<string, Mutant>>;
