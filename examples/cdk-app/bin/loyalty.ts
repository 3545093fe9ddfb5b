import { App } from 'aws-cdk-lib/core';
import { LoyaltyStack } from '../lib/loyalty-stack';

new LoyaltyStack(new App(), 'Loyalty');
