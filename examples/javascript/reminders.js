const { atMostOnce, createConsumer, PermanentError } = require('order-once');
const v = require('valibot');

/**
 * A consumer that mails reminders, each at most once.
 *
 * @param {(address: string, text: string) => Promise<void>} send Sends a mail.
 */
function remindersBy(send) {
  return createConsumer({
    guarantee: atMostOnce(),
    events: { 'reminder.due': v.object({ address: v.string(), text: v.string() }) },
    ignore: 'others',
    handle: async ({ data }) => {
      // An address that is no address will never be one: the event goes to the dead-letter queue at once.
      if (!data.address.includes('@')) throw new PermanentError(`"${data.address}" is not an address`);
      await send(data.address, data.text);
    },
  });
}

module.exports = { remindersBy };
