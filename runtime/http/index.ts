export type { ReadAuthorization } from './credential.ts';
export { neverSent } from './never-sent.ts';
export { type PostOptions, postWithKey } from './post.ts';
