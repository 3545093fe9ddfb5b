import { AlreadyExistsException, CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { ClientConfig } from '../../local/endpoint/client-config.ts';

/** Verifies an address or a domain in an emulator's SES, which does it at once. AWS would ask the owner. */
export async function verifySender(clientConfig: ClientConfig, address: string): Promise<void> {
  const client = new SESv2Client(clientConfig);
  try {
    await client.send(new CreateEmailIdentityCommand({ EmailIdentity: address }));
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw error;
  } finally {
    client.destroy();
  }
}
