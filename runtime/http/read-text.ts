/** Maximum bytes. A result is stored in the event's record, and an item of DynamoDB has at most 400 KB. */
const maxBytes = 256 * 1024;

/** Reads the text of an answer; `undefined` if it is too long or is cut off. */
export async function readText({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      // Leaving the loop closes the connection, so the rest is never received.
      if (bytes > maxBytes) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // The status has arrived and is valid without the body.
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}
