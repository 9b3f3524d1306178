import { printable } from '../../core/format/text.js';
import type { MaintenancePlan } from '../../core/maintenance/checklist.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session.js';
import type { RecordSwitch } from '../../recording/record-switch.js';
import type { Bell } from '../../session/alerts/bell.js';
import type { SessionEngine } from '../../session/engine.js';
import type { SessionKeys } from '../../ui/model/session-actions.js';
import type { TargetList } from './target-list.js';

interface LiveSession {
  session: SessionEngine;
  recording: RecordSwitch;
  targetList: TargetList;
  info(): SessionInfo;
  bell: Bell;
  /** These are going to move. */
  expect(plan: MaintenancePlan): void;
  now(): Millis;
  /** Shows a note that was recorded. */
  show(text: string): void;
  say(text: string): void;
}

/** What keys do to a live session. */
export function liveKeys(live: LiveSession): SessionKeys {
  const { session, recording, targetList: roster, info, bell, expect, now, show, say } = live;
  const nameOf = (id: TargetId) => info().targets.find(({ target }) => target === id)?.name ?? id;
  return {
    acts: {
      reset: () => {
        session.tally.reset();
        recording.add({ type: 'reset', data: { at: now() } });
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
        const { targets = [], budgetMs } = session.expectedMoves ?? {};
        const others = targets.filter(target => target !== chosen);
        expect({
          targets: others.length < targets.length ? others : [...targets, chosen],
          ...(budgetMs !== undefined && { budgetMs }),
        });
        return { checklist: true, comparison: false };
      },
    },
    questions: {
      add: { label: 'add a target', answer: text => roster.add(text) },
      remove: (_, chosen) => ({
        label:
          chosen === undefined ? 'remove: no target is chosen' : `remove ${printable(nameOf(chosen))}? y`,
        answer: text => {
          const word = text.trim().toLowerCase();
          if (chosen === undefined || word === 'n' || word === 'no') return;
          if (word !== 'y' && word !== 'yes') throw new RangeError('y removes it, Esc leaves it');
          roster.remove(chosen);
        },
      }),
      note: {
        label: 'note',
        answer: text => {
          recording.note(text);
          show(text);
        },
      },
    },
  };
}
