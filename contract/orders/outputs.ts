/** Outputs of the stack, for scripts and people. */
export const outputs = {
  topicArn: 'TopicArn',
  recordsTableName: 'RecordsTableName',
  ordersTableName: 'OrdersTableName',
  ledgerTableName: 'LedgerTableName',
  customersTableName: 'CustomersTableName',
  fulfilmentQueueUrl: 'FulfilmentQueueUrl',
  fulfilmentDlqUrl: 'FulfilmentDlqUrl',
  fulfilmentFunctionName: 'FulfilmentFunctionName',
  intakeUrl: 'IntakeUrl',
  intakeFunctionName: 'IntakeFunctionName',
} as const;

/** Outputs of the consumers that are deployed only if their settings are given. */
export const optionalOutputs = {
  billingQueueUrl: 'BillingQueueUrl',
  billingDlqUrl: 'BillingDlqUrl',
  billingFunctionName: 'BillingFunctionName',
  notificationsQueueUrl: 'NotificationsQueueUrl',
  notificationsDlqUrl: 'NotificationsDlqUrl',
  notificationsFunctionName: 'NotificationsFunctionName',
} as const;
