import type { MigrationEvent } from '../../core/event.js';
import { duration, elapsed } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { percent } from '../../core/format/units.js';
import type { Millis } from '../../core/sample.js';
import { quantileOf } from '../../evaluation/migrations.js';
import type { Survey } from './survey.js';

const MINUTE: Millis = 60_000;
/** Below this coverage the sentence states it. */
const FULL = 0.99;

/** What the recording shows, in one or two sentences; names are as in the recording. */
export function verdictSentence({ targets, events, span, migrations }: Survey): string {
  const who =
    targets.length === 1
      ? targets[0]!.info.name
      : targets.length === 0
        ? 'no target'
        : `${targets.length} targets`;
  const all = events.map(({ event }) => event);
  const moves = all.filter(({ kind }) => kind === 'migration');
  const unsure = all.filter(event => kindWord(event) === 'migration?');
  const ghosts = all.filter(({ kind }) => kind === 'ghost');
  const others = all.filter(event => ![...moves, ...unsure, ...ghosts].includes(event));
  const hidden = migrations.filter(({ seen }) => !seen).length;
  return [
    `In ${lengthWords(span.to - span.from)}, ${moveWords(who, moves, targets.length)}.`,
    unsure.length > 0
      ? `${counted(unsure.length, 'more disturbance')} ${unsure.length === 1 ? 'is' : 'are'} probably a migration, which echoes alone cannot confirm.`
      : '',
    ghosts.length > 0 ? `A stale copy of the guest answered ${times(ghosts.length)}.` : '',
    hidden > 0 ? `The hypervisor reported ${counted(hidden, 'migration')} that left no trace outside.` : '',
    others.length > 0
      ? `${kindsOf(others)} ${others.length === 1 ? 'was not a migration' : 'were not migrations'}.`
      : '',
    coverageWords(targets),
  ]
    .filter(Boolean)
    .join(' ')
    .replace('1 more disturbance is', moves.length > 0 ? '1 more disturbance is' : '1 disturbance is');
}

function moveWords(who: string, moves: readonly MigrationEvent[], targets: number): string {
  if (moves.length === 0) return targets === 1 ? `${who} was not migrated` : `none of ${who} was migrated`;
  const moved = new Set(moves.map(({ target }) => target)).size;
  const subject = targets === 1 ? `${who} was` : `${moved} of ${who} ${moved === 1 ? 'was' : 'were'}`;
  return `${subject} live-migrated ${times(moves.length)}${blackoutWords(moves)}`;
}

function blackoutWords(moves: readonly MigrationEvent[]): string {
  const values = moves.flatMap(({ blackoutMs }) => blackoutMs?.estimate ?? []);
  if (values.length === 0) return '';
  if (values.length === 1) return `, with a blackout of ${duration(values[0]!)}`;
  const [least, most] = [Math.min(...values), Math.max(...values)].map(duration);
  return `, with blackouts of ${least === most ? least : `${least} to ${most}`} (median ${duration(quantileOf(values, 0.5)!)})`;
}

/** `2 pauses, 1 outage`. */
function kindsOf(events: readonly MigrationEvent[]): string {
  const counts = new Map<string, number>();
  for (const event of events) {
    const word = kindWord(event) === 'unclear' ? 'unclear disturbance' : kindWord(event).replace('-', ' ');
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => counted(count, word)).join(', ');
}

function coverageWords(targets: Survey['targets']): string {
  const least = Math.min(1, ...targets.map(({ summary }) => summary.coverage));
  if (least >= FULL) return '';
  return targets.length === 1
    ? `Only ${percent(least)} of this time was probed.`
    : `Of some targets, only ${percent(least)} of this time was probed.`;
}

function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${PLURALS[noun] ?? `${noun}s`}`;
}

const PLURALS: Readonly<Record<string, string>> = {
  congestion: 'stretches of congestion',
  'clock set': 'settings of the clock',
  'path change': 'changes of the path',
};

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function lengthWords(ms: Millis): string {
  if (ms < 2 * MINUTE) return duration(ms);
  return ms < 120 * MINUTE ? `${Math.round(ms / MINUTE)} min` : `${elapsed(ms).slice(0, -3)} h`;
}
