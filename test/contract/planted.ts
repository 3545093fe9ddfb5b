import type { StoredRecord } from '../../runtime/ports/record-store.ts';
import { recordMembers } from '../support/record-members.ts';

/** The attributes of a record that a test writes directly, by the names that every store uses. */
export function plantedAttributes(record: StoredRecord): Record<string, string | number | undefined> {
  const members = Object.keys(recordMembers) as (keyof StoredRecord)[];
  return Object.fromEntries(members.map((member) => [recordMembers[member], record[member]]));
}
