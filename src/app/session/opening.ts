import type { MigrationEvent } from '../../core/event.js';
import type { Millis } from '../../core/sample.js';
import { UsageError } from '../../core/validation/usage-error.js';
import { eventNamed } from '../../evaluation/event-page.js';
import { TIME_SPANS } from '../../ui/graph/window.js';
import { INITIAL } from '../../ui/model/controls.js';
import { momentOf } from '../commands/selection.js';

/** Where a replay opens, and the event that it shows. */
export interface Opening {
  at: Millis;
  event?: MigrationEvent;
}

interface Overview {
  startedAt: Millis;
  endedAt: Millis;
  judged: readonly MigrationEvent[];
}

/** A moment this long before an event still means the event. */
const BEFORE_MS: Millis = 500;

/**
 * Reads `--at`: the id of an event, its number, or a moment. An event at that moment is shown in the middle of the picture.
 * Throws a UsageError for anything else, for a moment outside of the recording, and without a screen.
 */
export function openingAt(text: string, { headless }: { headless: boolean }, overview: Overview): Opening {
  const { startedAt, endedAt, judged } = overview;
  if (headless) throw new UsageError('--at opens a screen; analyze and export take --from and --to');
  const named = eventNamed(text, judged);
  if (named) return shown(named);
  if (/^e?\d{1,6}$/.test(text))
    throw new UsageError(`--at ${text}: the recording has no such event; analyze lists their numbers`);
  const at = momentOf('--at', text, startedAt);
  if (at < startedAt - 1000 || at > endedAt + 1000) {
    const [from, to] = [startedAt, endedAt].map(each => new Date(each).toISOString());
    throw new UsageError(`--at ${text} is outside of the recording, which goes from ${from} to ${to}`);
  }
  const event = judged.find(
    each => each.startedAt - BEFORE_MS <= at && at <= (each.endedAt ?? each.detectedAt),
  );
  return event ? shown(event) : { at };
}

function shown(event: MigrationEvent): Opening {
  return { at: event.startedAt + TIME_SPANS[INITIAL.span]! / 2, event };
}
