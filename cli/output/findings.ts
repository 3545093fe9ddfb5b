import { type Finding, type Urgency, urgencyOf } from '../../operations/explain/finding.ts';
import { callOf, type Place } from './call.ts';
import { lengthOfTime, relativeTime } from './relative-time.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

const marks: Readonly<Record<Urgency, string>> = { done: '+', waits: '.', act: '!' };

/** What `explain` shows: the consumers, each with its events. The line to copy has no indent. */
export function formatFindings(
  text: string,
  found: readonly Finding[],
  now: number,
  { width, colors }: Terminal,
  place: Place,
): string {
  const paint: Readonly<Record<Urgency, (text: string) => string>> = {
    done: colors.green,
    waits: colors.yellow,
    act: colors.red,
  };
  const consumers = new Set(found.map(({ consumer }) => consumer));
  const blocks = [...consumers].map((consumer) => {
    const own = found.filter((one) => one.consumer === consumer);
    const lines = own.flatMap((one) => {
      const urgency = urgencyOf(one);
      const head = `${marks[urgency]} ${one.event}: ${one.kind}${times(one, now)}`;
      return [
        paint[urgency](head),
        wrap(one.says, width, '  '),
        ...(one.causes ?? []).map((cause, index, all) =>
          wrap(`- ${cause}${index === all.length - 1 ? '.' : ', or'}`, width, '  '),
        ),
        ...(one.next === undefined ? [] : [colors.bold(callOf(one.next, place))]),
      ];
    });
    return [colors.bold(consumer), ...lines].join('\n');
  });
  return [...blocks, verdict(text, found)].join('\n\n');
}

function times({ since, until, kind }: Finding, now: number): string {
  const parts = [
    ...(since === undefined ? [] : [relativeTime(since, now)]),
    ...(until === undefined || until < now
      ? []
      : [
          kind === 'dead-letter'
            ? `kept for ${lengthOfTime(until - now)}`
            : `next try ${relativeTime(until, now)} at the latest`,
        ]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function verdict(text: string, found: readonly Finding[]): string {
  const count = (urgency: Urgency) => found.filter((one) => urgencyOf(one) === urgency).length;
  const toDo = count('act');
  if (toDo > 0) return `${text}: ${toDo} of ${found.length} need${toDo === 1 ? 's' : ''} you.`;
  const waiting = count('waits');
  return waiting > 0
    ? `${text}: ${waiting} of ${found.length} wait, and go on without you.`
    : `${text}: nothing to do.`;
}
