/**
 * The kinds of effects, and the action of IAM that each needs on its table. The action of a `raw` effect depends on what it
 * writes: `dynamodb:ConditionCheckItem` for instance.
 */
export const effectActions = {
  put: 'dynamodb:PutItem',
  putIfNewer: 'dynamodb:PutItem',
  // It leaves a tombstone.
  removeIfNewer: 'dynamodb:PutItem',
  increment: 'dynamodb:UpdateItem',
  remove: 'dynamodb:DeleteItem',
  raw: undefined,
} as const;

export type EffectKindName = keyof typeof effectActions;

/** The kinds of effects whose grants a construct knows. */
export type GrantedEffect = Exclude<EffectKindName, 'raw'>;
