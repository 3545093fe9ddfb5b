/** What one transaction of DynamoDB takes, its records included (AWS: "TransactWriteItems"). */
export const mostItems = 100;
