import type { Millis } from '../core/sample.js';
import type { Judging } from '../recording/judging.js';
import type { RecordSwitch } from '../recording/record-switch.js';
import type { SessionKeys } from '../ui/session-keys.js';

interface LiveSession {
  session: Judging;
  recording: RecordSwitch;
  now(): Millis;
  /** Shows a note that was recorded. */
  show(text: string): void;
  say(text: string): void;
}

/** What keys do to a live session. */
export function liveKeys({ session, recording, now, show, say }: LiveSession): SessionKeys {
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
