import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DetectorChoice } from '../core/detector.js';
import { type Millis, toMicros } from '../core/sample.js';
import type { SessionInfo } from '../core/session-info.js';
import { monotonicNow } from '../system/clock.js';
import { ownName, recordingsFolder } from './folder.js';
import { Recorder } from './recorder.js';
import type { Row } from './rows.js';

/** Where to record: to a file that the user named, or to one that is named automatically. */
export interface RecordPlan {
  file?: string | undefined;
  /** For files that are named automatically. */
  folder?: string;
  force?: boolean;
  holdMs: Millis;
  detectors: readonly DetectorChoice[];
}

/** The session that is recorded. */
export interface Recorded {
  info(): SessionInfo;
  now(): Millis;
  opening(): readonly Row[];
  /** The rows that a recording ends with if it ends now. */
  closing(): readonly Row[];
  say(text: string): void;
}

/** Starts to record a session, at its start or in its middle. Throws if the file can't be created. */
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
