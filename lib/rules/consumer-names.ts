import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../contract/errors.ts';
import { checkConsumerName } from '../../contract/event/consumer-name.ts';

/** For each record table of the app: the consumer that has a name. */
const consumers = new WeakMap<IConstruct, Map<string, IConstruct>>();

/**
 * Reserves a consumer's name on a record table.
 *
 * A consumer's name is part of the key of its records. If two consumers had one name, each would read the other's
 * records as its own and acknowledge events that it never applied. A consumer that moves is one consumer in two places
 * for a while: its records say of each event whether one of the two has applied it.
 *
 * @param movesFrom The place from which the consumer moves.
 * @throws ConfigurationError for a name that the runtime refuses, a name that is known only at deployment, and a name
 *   that another consumer of the table has.
 */
export function claimConsumerName(
  consumer: IConstruct,
  name: string,
  records: IConstruct,
  movesFrom?: IConstruct,
): void {
  if (Token.isUnresolved(name)) {
    throw new ConfigurationError(
      `consumerName of "${consumer.node.path}" is known at deployment only, so synthesis cannot tell whether another ` +
        'consumer has it. Give a text in its place.',
    );
  }
  checkConsumerName('consumerName', name);
  const named = consumers.get(records) ?? new Map<string, IConstruct>();
  consumers.set(records, named);
  const other = named.get(name);
  if (other !== undefined && other !== movesFrom) {
    throw new ConfigurationError(
      `consumerName is "${name}" for both "${other.node.path}" and "${consumer.node.path}", which share the record table ` +
        `"${records.node.path}": each would take the other's records for its own, and acknowledge events that it never ` +
        'applied. Give one of them another consumerName, or a record table of its own. If the consumer moves, set "movesFrom".',
    );
  }
  named.set(name, consumer);
}
