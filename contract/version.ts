/** The version of order-once; that of package.json. */
export const version = '0.1.0';
