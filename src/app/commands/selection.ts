import type { Millis } from '../../core/sample.js';
import { UsageError } from '../../core/validation/usage-error.js';
import type { FlagName, FlagValues } from '../../plan/flags.js';
import { readHeader } from '../../recording/header.js';
import { EVERYTHING, type Selection } from '../../recording/selection.js';
import { readTime } from '../../sources/import/series-fields.js';

/** The flags that choose a part of a recording. */
export const SELECTION_FLAGS = ['from', 'to', 'target'] as const satisfies readonly FlagName[];

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,6})?))?$/;
const DAY: Millis = 86_400_000;

/** The part of the recording that the flags choose. Throws a UsageError for a time or target that it does not have. */
export function selectionOf(path: string, { from, to, target }: FlagValues): Selection {
  if (from === undefined && to === undefined && target === undefined) return EVERYTHING;
  const { startedAt, targets } = readHeader(path);
  const span = {
    from: from === undefined ? -Infinity : momentOf('--from', from as string, startedAt),
    to: to === undefined ? Infinity : momentOf('--to', to as string, startedAt),
  };
  if (span.from > span.to) throw new UsageError(`--from ${from} must not be later than --to ${to}`);
  const names = target as string[] | undefined;
  // A target that was added later is not in the header: it goes by its own name.
  const idOf = (name: string) => targets.find(each => each.name === name)?.target ?? name;
  return { ...span, ...(names && { targets: new Set(names.map(idOf)) }) };
}

/** A moment in UTC. A time of day is the first one after the recording began. Throws a UsageError for any other text. */
export function momentOf(flag: string, text: string, startedAt: Millis): Millis {
  const [, hours, minutes, seconds = 0] = CLOCK.exec(text) ?? [];
  if (hours !== undefined) {
    const sinceMidnight = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
    const moment = Math.floor(startedAt / DAY) * DAY + sinceMidnight;
    // The minute in which it began is still of that day.
    return moment < startedAt - 60_000 ? moment + DAY : moment;
  }
  const moment = readTime(text);
  if (moment !== undefined) return moment;
  throw new UsageError(
    `${flag} must be a moment in UTC, such as 02:10, 02:10:30.5, 2026-11-21T02:10:00 or Unix seconds, not "${text}"`,
  );
}
