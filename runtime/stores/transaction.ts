/** Maximum number of items of a DynamoDB transaction, including records (AWS: "TransactWriteItems"). */
export const mostItems = 100;
