import type { Bell } from '../alerts/bell.js';
import type { MaintenancePlan } from '../core/checklist.js';
import type { Millis } from '../core/sample.js';
import type { Judging } from '../recording/judging.js';
import type { RecordSwitch } from '../recording/record-switch.js';
import type { SessionKeys } from '../ui/session-keys.js';

interface LiveSession {
  session: Judging;
  recording: RecordSwitch;
  bell: Bell;
  /** These are going to move. */
  expect(plan: MaintenancePlan): void;
  now(): Millis;
  /** Shows a note that was recorded. */
  show(text: string): void;
  say(text: string): void;
}

/** What keys do to a live session. */
export function liveKeys({ session, recording, bell, expect, now, show, say }: LiveSession): SessionKeys {
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
        const { targets = [], budgetMs } = session.planned ?? {};
        const others = targets.filter(target => target !== chosen);
        expect({
          targets: others.length < targets.length ? others : [...targets, chosen],
          ...(budgetMs !== undefined && { budgetMs }),
        });
        return { checklist: true, comparison: false };
      },
    },
    questions: {
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
