/* Everything of the runtime, for sources of this repository. The package's entry points are in packaging/entries.ts. */
export * from './http/index.ts';
export * from './order-once.ts';
export * from './stores/redis/index.ts';
