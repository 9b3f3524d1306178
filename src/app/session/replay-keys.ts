import type { Note } from '../../core/note.js';
import type { SessionEngine } from '../../session/engine.js';
import type { ReplaySource } from '../../sources/replay.js';
import { TIME_SPANS } from '../../ui/graph/window.js';
import type { Controls } from '../../ui/model/controls.js';
import { momentAt } from '../../ui/model/goto.js';
import type { SessionKeys } from '../../ui/model/session-actions.js';
import { toggled } from './expected-moves.js';
import type { ReplayEvents } from './replay-events.js';
import type { ReplayNotes } from './replay-notes.js';

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 100, 300, 1000, Infinity];

/** The actions of keys in a replay. */
export function replayKeys(
  source: ReplaySource,
  engine: SessionEngine,
  notes: ReplayNotes,
  events: ReplayEvents,
): SessionKeys {
  const act = (body: () => void) => () => {
    body();
    return undefined;
  };
  return {
    acts: {
      pause: act(() => (source.paused ? source.resume() : source.pause())),
      step: act(() => source.step()),
      stepBack: act(() => source.stepBack()),
      left: (_, controls) => movePaused(source, controls, -1),
      right: (_, controls) => movePaused(source, controls, 1),
      slower: act(() => source.setSpeed(SPEEDS.findLast(speed => speed < source.speed) ?? source.speed)),
      faster: act(() => source.setSpeed(SPEEDS.find(speed => speed > source.speed) ?? source.speed)),
      begin: act(() => source.seek(-Infinity)),
      end: act(() => source.seek(Infinity)),
      nextEvent: (_, controls) => events.next(controls),
      previousEvent: (_, controls) => events.previous(controls),
      expect: chosen => {
        if (chosen === undefined) return undefined;
        const now = source.now();
        const past = source.overview.judged.filter(({ endedAt = Infinity }) => endedAt <= now);
        engine.expectInstead(toggled(engine.expectedMoves, chosen, now), past);
        return { checklist: true, comparison: false };
      },
      reset: act(() => engine.reset({ at: source.now() })),
    },
    questions: {
      bookmark: () => ({
        label: 'bookmark',
        text: `bookmark ${notes.bookmarks.length + 1}`,
        answer: (text, at = source.now()) => notes.add(text, at),
      }),
      bookmarks: () => ({
        label: 'go to bookmark number',
        panel: 'bookmarks',
        answer: text => source.seek(bookmarked(text, notes).at),
      }),
      note: { label: 'note', answer: (text, at = source.now()) => notes.add(text, at) },
      goto: ({ zone }) => ({
        label: `go to HH:MM:SS.mmm${zone === 'utc' ? ' UTC' : ''}`,
        answer: text => {
          const { startedAt: from, endedAt: to } = source.overview;
          source.seek(momentAt(text, source.now(), { from, to, zone }));
        },
      }),
    },
  };
}

/** Moves the play position of a paused replay by a tenth of the graph, which follows; undefined if the key is for a cursor, the wall or a page. */
function movePaused(source: ReplaySource, controls: Controls, by: 1 | -1): Partial<Controls> | undefined {
  const { cursor, wall, page, span } = controls;
  if (!source.paused || cursor || wall || page !== undefined) return undefined;
  source.seek(source.now() + (by * TIME_SPANS[span]!) / 10);
  return { event: undefined, end: undefined };
}

/** The bookmark of that number. Throws a RangeError that says which numbers there are. */
function bookmarked(text: string, { bookmarks }: ReplayNotes): Note {
  const found = /^\d{1,6}$/.test(text.trim()) ? bookmarks[Number(text) - 1] : undefined;
  if (found) return found;
  if (bookmarks.length === 0) throw new RangeError('there are no bookmarks');
  throw new RangeError(`expected a number from 1 to ${bookmarks.length}`);
}
