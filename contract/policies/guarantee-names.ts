/** The names of the guarantees, in records and in the descriptions of consumers. */
export const guaranteeNames = ['exactly-once', 'at-least-once', 'at-most-once'] as const;
export type GuaranteeName = (typeof guaranteeNames)[number];
