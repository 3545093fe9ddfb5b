export { handler } from '../../../lambda/fulfilment.ts';
