/**
 * Maximum bytes of an event's body or of a handler's result in a record. An item of DynamoDB has at most 400 KB (AWS:
 * "Quotas in Amazon DynamoDB"). A record's key, its event's names and its last error need up to 20 KB of that.
 */
export const maxContentBytes = 380 * 1024;
