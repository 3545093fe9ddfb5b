import { mkdir, writeFile } from 'node:fs/promises';
import { Template } from 'aws-cdk-lib/assertions';
import { wholeApplication } from '../../bin/architecture/application.ts';
import { IdempotentConsumer } from '../../lib/index.ts';
import { widgetsOf } from '../support/cloudwatch/dashboard.ts';
import { pageOf } from './page.ts';
import { dashboardRun } from './run.ts';

// `npm run docs:dashboard`: draws the dashboard of the example with the data of a run, as a page for a browser. For a
// picture: chromium --no-sandbox --headless --window-size=1440,1320 --screenshot=dashboard.png .local/dashboard/index.html

const stack = wholeApplication();
const consumers = stack.node.children.filter((child) => child instanceof IdempotentConsumer);
const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
const page = pageOf(widgetsOf(dashboard?.Properties.DashboardBody), await dashboardRun(stack, consumers));

const folder = new URL('../../.local/dashboard/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL('index.html', folder), page);
process.stdout.write('.local/dashboard/index.html\n');
