import { handler as fulfilment } from '../../../lambda/fulfilment.ts';

/** The fulfilment function, given each batch from its end: broken on purpose. */
export const handler: typeof fulfilment = (event, context) =>
  fulfilment({ Records: [...event.Records].reverse() }, context);
