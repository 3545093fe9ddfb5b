/**
 * The most that a record keeps of an event's body or of a handler's result, in bytes. DynamoDB's items end at 400 KB
 * (AWS: "Quotas in Amazon DynamoDB"); a record's key, its event's names and its last error take up to 20 KB of that.
 */
export const maxContentBytes = 380 * 1024;
