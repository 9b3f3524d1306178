import { setTimeout as wait } from 'node:timers/promises';
import type { DetectorChoice } from '../../core/detector.js';
import type { Millis } from '../../core/sample.js';
import type { Step } from '../../core/step.js';
import { RecordingReader } from '../../recording/reader.js';
import { SessionEngine } from '../../session/engine.js';
import { monotonicNow } from '../../system/clock.js';

/** How long it works before the screen and the replay have their turn, and how long they have it. */
const TURN: Millis = 8;
const REST: Millis = 8;

/**
 * Leads a whole recording through judgement once more, beside its replay and at half of what a core gives: so that a
 * screen can look back further than where the replay was entered. Ends early once `over` says so.
 */
export async function recall(
  path: string,
  { choices, holdMs }: { choices: readonly DetectorChoice[]; holdMs: Millis },
  take: (step: Step) => void,
  over: () => boolean,
): Promise<void> {
  const reader = RecordingReader.open(path);
  const judging = new SessionEngine(choices, holdMs);
  try {
    let turn = monotonicNow();
    for (let entries = reader.read(); entries && !over(); entries = reader.read()) {
      for (const entry of entries) {
        const step = judging.take(entry);
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
