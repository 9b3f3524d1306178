import { printable } from '../../core/format/text.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { RecordSwitch } from '../../recording/record-switch.js';
import type { Bell } from '../../session/alerts/bell.js';
import type { SessionEngine } from '../../session/engine.js';
import type { Question, SessionKeys } from '../../ui/model/session-actions.js';
import { toggled } from './expected-moves.js';
import type { TargetList } from './target-list.js';
import type { Tour } from './tour.js';

interface LiveSession {
  engine: SessionEngine;
  recording: RecordSwitch;
  targetList: TargetList;
  /** For a user who named no target. */
  tour: Tour | undefined;
  info(): SessionInfo;
  now(): Millis;
  bell: Bell;
  say(text: string): void;
}

/** The actions of keys in a live session. */
export function liveKeys(live: LiveSession): SessionKeys {
  const { engine, recording, targetList, tour, info, now, bell, say } = live;
  const added: Question = { label: 'add a target', answer: text => targetList.add(text) };
  const nameOf = (id: TargetId) => info().targets.find(({ target }) => target === id)?.name ?? id;
  return {
    acts: {
      reset: () => {
        engine.reset({ at: now() });
        return undefined;
      },
      record: () => {
        if (recording.state) recording.stop();
        else recording.start().catch((error: Error) => say(`can't record: ${error.message}`));
        return undefined;
      },
      bell: () => {
        bell.on = !bell.on;
        return undefined;
      },
      expect: chosen => {
        if (chosen === undefined) return undefined;
        engine.expect(toggled(engine.expectedMoves, chosen, now()));
        return { checklist: true, comparison: false };
      },
    },
    questions: {
      add: () => (tour?.state ? tour.question : added),
      remove: (_, chosen) => ({
        label:
          chosen === undefined ? 'remove: no target is selected' : `remove ${printable(nameOf(chosen))}? y`,
        answer: text => {
          const word = text.trim().toLowerCase();
          if (chosen === undefined || word === 'n' || word === 'no') return;
          if (word !== 'y' && word !== 'yes') throw new RangeError('type y to remove it, or press Esc');
          targetList.remove(chosen);
        },
      }),
      note: {
        label: 'note',
        answer: text => {
          recording.mustKeepNotes = true;
          engine.note({ at: now(), text });
        },
      },
    },
  };
}
