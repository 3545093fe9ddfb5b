/** In bytes. A result is stored with its event's record, and DynamoDB's items end at 400 KB. */
const maxBytes = 256 * 1024;

/** The text of an answer; `undefined` where it is too long, or ends before it should. */
export async function readText({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      // Leaving the loop ends the connection: the rest is never received.
      if (bytes > maxBytes) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // The status came, and counts whatever became of the rest.
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}
