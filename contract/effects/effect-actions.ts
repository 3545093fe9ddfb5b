/**
 * The IAM action that each kind of effect needs on its table. The action of a `raw` effect depends on its write, for
 * example `dynamodb:ConditionCheckItem`.
 */
export const effectActions = {
  put: 'dynamodb:PutItem',
  putIfNewer: 'dynamodb:PutItem',
  // A removal writes a tombstone.
  removeIfNewer: 'dynamodb:PutItem',
  increment: 'dynamodb:UpdateItem',
  remove: 'dynamodb:DeleteItem',
  raw: undefined,
} as const;

export type EffectKindName = keyof typeof effectActions;

/** The kinds of effects that a construct can grant by itself. */
export type GrantedEffect = Exclude<EffectKindName, 'raw'>;
