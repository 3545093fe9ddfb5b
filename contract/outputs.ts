/** Outputs of the stack, for scripts and people. */
export const outputs = {
  topicArn: 'TopicArn',
  recordsTableName: 'RecordsTableName',
  ordersTableName: 'OrdersTableName',
  ledgerTableName: 'LedgerTableName',
  fulfilmentQueueUrl: 'FulfilmentQueueUrl',
  fulfilmentDlqUrl: 'FulfilmentDlqUrl',
  fulfilmentFunctionName: 'FulfilmentFunctionName',
  intakeUrl: 'IntakeUrl',
  intakeFunctionName: 'IntakeFunctionName',
} as const;
