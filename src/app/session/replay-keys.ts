import type { SessionEngine } from '../../session/engine.js';
import type { ReplaySource } from '../../sources/replay.js';
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
