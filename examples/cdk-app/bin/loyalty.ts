import { App } from 'aws-cdk-lib/core';
import { LoyaltyStack } from '../lib/loyalty-stack.ts';

new LoyaltyStack(new App(), 'Loyalty');
