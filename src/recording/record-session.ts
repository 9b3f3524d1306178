import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DetectorChoice } from '../core/detector.js';
import { type Millis, toMicros } from '../core/sample.js';
import type { SessionInfo } from '../core/session.js';
import { monotonicNow } from '../system/clock.js';
import { ownName, recordingsFolder } from './folder.js';
import type { Row } from './format.js';
import { Recorder } from './recorder.js';

/** Where to record: a file of the user's choice, or one of its own name. */
export interface RecordPlan {
  file?: string | undefined;
  /** For files of their own name. */
  folder?: string;
  force?: boolean;
  holdMs: Millis;
  detectors: readonly DetectorChoice[];
}

/** What is recorded: a source and what it led to so far. */
export interface Recorded {
  info(): SessionInfo;
  now(): Millis;
  opening(): readonly Row[];
  /** What a recording that ends now has to end with. */
  closing(): readonly Row[];
  say(text: string): void;
}

/** Begins to record a session, at its start or in its middle. Throws when the file can't be created. */
export function recordSession(plan: RecordPlan, session: Recorded): Recorder {
  const now = session.now();
  const firstTarget = session.info().targets[0]?.target ?? '';
  const path = plan.file ?? join(recordingsFolder(plan.folder), ownName(now, firstTarget));
  const numbered = plan.file === undefined;
  return Recorder.open(
    path,
    { force: plan.force ?? false, number: numbered },
    {
      now: session.now,
      wall: Date.now,
      opening: session.opening,
      say: session.say,
      header: () => {
        const { version, intervalMs, timeoutMs, targets } = session.info();
        const startedAt = toMicros(session.now());
        return {
          tool: version,
          host: hostname(),
          startedAt,
          clock: { wallMs: startedAt, monotonicMs: toMicros(monotonicNow()) },
          plan: {
            intervalMs,
            timeoutMs,
            holdMs: plan.holdMs,
            detectors: plan.detectors.map(({ plugin, options }) => ({ name: plugin.name, options })),
          },
          targets,
        };
      },
    },
  );
}
