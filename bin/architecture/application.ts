import { App, Duration } from 'aws-cdk-lib';
import { OrderOnceStack } from '../../lib/app/order-once-stack.ts';
import { drawing } from './drawing.ts';
import { partsOf } from './stack-parts.ts';

/** The example application with every consumer. @param outdir For the synthesis. @default - a folder of the CDK's own */
export function wholeApplication(outdir?: string): OrderOnceStack {
  const app = new App({
    context: { 'aws:cdk:bundling-stacks': [] },
    ...(outdir !== undefined && { outdir }),
  });
  return new OrderOnceStack(app, 'OrderOnce', {
    data: 'keep',
    functionTimeout: Duration.seconds(30),
    intake: { auth: 'iam' },
    billing: { url: 'https://payments.example.com/charges', keyRetention: Duration.days(1) },
    notifications: { from: 'orders@shop.example.com', domain: 'customers.example.com' },
  });
}

/** The drawing of the application with every consumer, as `docs/architecture.svg` has it. @param outdir For the synthesis. */
export function applicationDrawing(outdir: string): string {
  return drawing(partsOf(wholeApplication(outdir)));
}
