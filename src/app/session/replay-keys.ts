import type { SessionEngine } from '../../session/engine.js';
import type { ReplaySource } from '../../sources/replay.js';
import type { Controls } from '../../ui/model/controls.js';
import { momentAt } from '../../ui/model/goto.js';
import type { SessionKeys } from '../../ui/model/session-actions.js';
import { toggled } from './expected-moves.js';
import type { ReplayNotes } from './replay-notes.js';

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 100, 300, 1000, Infinity];

/** The actions of keys in a replay. */
export function replayKeys(source: ReplaySource, engine: SessionEngine, notes: ReplayNotes): SessionKeys {
  const { startedAt: from, endedAt: to, recorded, judged } = source.overview;
  const events = [...judged, ...recorded];
  const act = (body: () => void) => () => {
    body();
    return undefined;
  };
  /** Selects the target of the event that the replay moved to. */
  const atEvent = (moved: boolean): Partial<Controls> | undefined => {
    const event = moved && events.find(({ startedAt }) => Math.abs(startedAt - source.now()) < 1);
    return event ? { chosen: event.target, event: undefined } : undefined;
  };
  return {
    acts: {
      pause: act(() => (source.paused ? source.resume() : source.pause())),
      step: act(() => source.step()),
      slower: act(() => source.setSpeed(SPEEDS.findLast(speed => speed < source.speed) ?? source.speed)),
      faster: act(() => source.setSpeed(SPEEDS.find(speed => speed > source.speed) ?? source.speed)),
      begin: act(() => source.seek(-Infinity)),
      end: act(() => source.seek(Infinity)),
      nextEvent: () => atEvent(source.nextEvent()),
      previousEvent: () => atEvent(source.previousEvent()),
      expect: chosen => {
        if (chosen === undefined) return undefined;
        const now = source.now();
        const past = judged.filter(({ endedAt = Infinity }) => endedAt <= now);
        engine.expectInstead(toggled(engine.expectedMoves, chosen, now), past);
        return { checklist: true, comparison: false };
      },
      reset: act(() => engine.reset({ at: source.now() })),
    },
    questions: {
      note: { label: 'note', answer: (text, at = source.now()) => notes.add(text, at) },
      goto: ({ zone }) => ({
        label: `go to HH:MM:SS.mmm${zone === 'utc' ? ' UTC' : ''}`,
        answer: text => source.seek(momentAt(text, source.now(), { from, to, zone })),
      }),
    },
  };
}
