import { setTimeout as wait } from 'node:timers/promises';
import type { DetectorChoice } from '../../core/detector.js';
import type { Millis } from '../../core/sample.js';
import type { Step } from '../../core/step.js';
import { RecordingReader } from '../../recording/reader.js';
import { SessionEngine } from '../../session/engine.js';
import { monotonicNow } from '../../system/clock.js';

/** How long it works at a time, and how long it then leaves the processor to screen and replay. */
const TURN: Millis = 8;
const REST: Millis = 8;

/**
 * Judges a whole recording once more beside its replay, with half of a core, so that a screen can show the time before
 * the replay's start. Ends early once `over` returns true.
 */
export async function recall(
  path: string,
  { choices, holdMs }: { choices: readonly DetectorChoice[]; holdMs: Millis },
  take: (step: Step) => void,
  over: () => boolean,
): Promise<void> {
  const reader = RecordingReader.open(path);
  const engine = new SessionEngine(choices, holdMs);
  try {
    let turn = monotonicNow();
    for (let entries = reader.read(); entries && !over(); entries = reader.read()) {
      for (const entry of entries) {
        const step = engine.take(entry);
        if (step) take(step);
      }
      if (monotonicNow() < turn + TURN) continue;
      await wait(REST);
      turn = monotonicNow();
    }
  } finally {
    reader.close();
  }
}
