import type { ConsumerFacts, EventFacts, Scene } from './facts.ts';
import { findByRecord, nameOf } from './find-by-record.ts';
import { letterFinding } from './find-dead-letter.ts';
import { findWithoutRecord } from './find-without-record.ts';
import type { Finding } from './finding.ts';

/**
 * Says what became of each event at a consumer. A pure function of what was read: its test is a table.
 *
 * @param text What was asked for.
 * @param now Milliseconds since the epoch.
 * @returns At least one finding.
 */
export function diagnose(
  { consumer: { consumer }, events, path, ahead, hasSubjects }: ConsumerFacts,
  text: string,
  now: number,
): Finding[] {
  const scene: Scene = { consumer, now, path };
  const known: readonly EventFacts[] = events.length > 0 ? events : [{ letters: [] }];
  return known.flatMap((facts) => {
    const letters = facts.letters.map((letter) => letterFinding(letter, nameOf(facts, text), scene));
    if (facts.record !== undefined) return [findByRecord(facts.record, facts, scene), ...letters];
    if (letters.length > 0) return letters;
    return [findWithoutRecord(facts, { ...scene, text, ahead, hasSubjects })];
  });
}
