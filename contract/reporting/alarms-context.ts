/**
 * The CDK context that leaves out all alarms of an app if it is `false`. `order-once local` sets it, because emulators
 * evaluate no alarms, and some refuse alarms with metric math.
 */
export const alarmsContext = 'order-once:alarms';
