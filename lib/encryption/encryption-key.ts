import { PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../contract/errors.ts';

export interface EncryptionKeyProps {
  /**
   * A customer managed key that encrypts what the construct creates. One key can encrypt a topic, the tables and all
   * consumers, in several stacks.
   * @default - keys of AWS, which are free
   */
  readonly encryptionKey?: IKey;

  /**
   * Confirms that an imported `encryptionKey` has the policy of docs/deploy.md, "A key of your own". The CDK cannot
   * change the policy of such a key.
   * @default false, so that synthesis fails for an imported key
   */
  readonly keyPolicyIsMine?: boolean;
}

/** The options as they are passed on, with `undefined` for those that are not given. */
export interface GivenKey {
  readonly encryptionKey?: IKey | undefined;
  readonly keyPolicyIsMine?: boolean | undefined;
}

/**
 * Lets a service use the key of a construct, if it has one.
 *
 * @param statement Who may do what. Statements name no resource that the key encrypts: key and resource would depend on
 *   each other.
 * @param otherwise What happens without the statement, for the error.
 * @throws ConfigurationError for an imported key, unless `keyPolicyIsMine`.
 */
export function allowUse(
  construct: IConstruct,
  { encryptionKey, keyPolicyIsMine = false }: GivenKey,
  statement: Pick<PolicyStatementProps, 'actions' | 'principals' | 'conditions'>,
  otherwise: string,
): void {
  if (encryptionKey === undefined || keyPolicyIsMine) return;
  const added = encryptionKey.addToResourcePolicy(
    new PolicyStatement({ ...statement, resources: ['*'] }),
    true,
  );
  if (!added.statementAdded) throw policyIsNotOurs(construct, otherwise);
}

/**
 * Checks the key of a construct that only roles use, with their own policies.
 * @throws ConfigurationError for an imported key, unless `keyPolicyIsMine`.
 */
export function checkKey(
  construct: IConstruct,
  { encryptionKey, keyPolicyIsMine = false }: GivenKey,
  otherwise: string,
): void {
  const isImported = encryptionKey !== undefined && encryptionKey.node.defaultChild === undefined;
  if (isImported && !keyPolicyIsMine) throw policyIsNotOurs(construct, otherwise);
}

function policyIsNotOurs({ node }: IConstruct, otherwise: string): ConfigurationError {
  return new ConfigurationError(
    `encryptionKey of "${node.path}" is an imported key, whose policy the CDK cannot change: ${otherwise}. Give it the ` +
      'policy of docs/deploy.md, "A key of your own", then set "keyPolicyIsMine: true".',
  );
}
