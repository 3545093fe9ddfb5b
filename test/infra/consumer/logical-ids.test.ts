import { Stack, Stage } from 'aws-cdk-lib';
import { newApp, resources } from '../support.ts';
import { bookings } from './support.ts';

function logicalIds(stack: Stack): string[] {
  bookings(stack);
  return Object.keys(resources(stack)).sort();
}

test('no logical id depends on the name of the stack, or on the constructs above it', () => {
  const inShop = logicalIds(new Stack(newApp(), 'Shop'));
  expect(logicalIds(new Stack(newApp(), 'OtherShop'))).toEqual(inShop);
  expect(logicalIds(new Stack(new Stage(newApp(), 'Beta'), 'Shop'))).toEqual(inShop);
});

test('subscription and event source keep their logical ids, because an update would otherwise lose them', () => {
  const stack = new Stack(newApp(), 'Shop');
  bookings(stack);
  const idOf = (type: string) => Object.entries(resources(stack)).find(([, { Type }]) => Type === type)?.[0];
  expect(idOf('AWS::SNS::Subscription')).toMatch(/^BookingsSubscription[0-9A-F]{8}$/);
  expect(idOf('AWS::Lambda::EventSourceMapping')).toMatch(/^BookingsEventSource[0-9A-F]{8}$/);
});
