import { Stack, Stage } from 'aws-cdk-lib';
import { newApp, resources } from '../support.ts';
import { bookings } from './support.ts';

function logicalIds(stack: Stack): string[] {
  bookings(stack);
  return Object.keys(resources(stack)).sort();
}

test('no logical id depends on the name of the stack, or on what is above it', () => {
  const inShop = logicalIds(new Stack(newApp(), 'Shop'));
  expect(logicalIds(new Stack(newApp(), 'OtherShop'))).toEqual(inShop);
  expect(logicalIds(new Stack(new Stage(newApp(), 'Beta'), 'Shop'))).toEqual(inShop);
});

test('the subscription and the event source keep their logical ids, or an update would lose them', () => {
  const stack = new Stack(newApp(), 'Shop');
  bookings(stack);
  const idOf = (type: string) => Object.entries(resources(stack)).find(([, { Type }]) => Type === type)?.[0];
  expect(idOf('AWS::SNS::Subscription')).toMatch(/^BookingsSubscription[0-9A-F]{8}$/);
  expect(idOf('AWS::Lambda::EventSourceMapping')).toMatch(/^BookingsEventSource[0-9A-F]{8}$/);
});
