import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DetectorChoice } from '../core/detector.js';
import { type Millis, toMicros } from '../core/sample.js';
import type { SessionInfo } from '../core/session-info.js';
import { monotonicNow } from '../system/clock.js';
import { ownName, recordingsFolder } from './folder.js';
import type { Past } from './lookback.js';
import { Recorder } from './recorder.js';
import type { Row } from './rows.js';

/** Where to record: to a file that the user named, or to one that is named automatically. */
export interface RecordPlan {
  file?: string | undefined;
  /** For files that are named automatically. */
  folder?: string;
  force?: boolean;
  /** Start when a light turns red. */
  atRed?: boolean;
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

/**
 * Starts to record a session, at its start or in its middle. The recording begins with `past` if that was kept; the caller adds
 * its entries. Throws if the file can't be created.
 */
export function recordSession(plan: RecordPlan, session: Recorded, past?: Past): Recorder {
  const now = session.now();
  // A file that has to be created again begins with the state of that moment.
  let before = past;
  const firstTarget = session.info().targets[0]?.target ?? '';
  const path = plan.file ?? join(recordingsFolder(plan.folder), ownName(now, firstTarget));
  const numbered = plan.file === undefined;
  const recorder = Recorder.open(
    path,
    { force: plan.force ?? false, number: numbered },
    {
      now: session.now,
      wall: Date.now,
      opening: () => before?.opening ?? session.opening(),
      say: session.say,
      header: () => {
        const { version, intervalMs, timeoutMs, targets } = session.info();
        const startedAt = toMicros(before?.startedAt ?? session.now());
        const [wallMs, monotonicMs] = [toMicros(session.now()), toMicros(monotonicNow())];
        return {
          tool: version,
          host: hostname(),
          startedAt,
          clock: { wallMs, monotonicMs },
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
  if (recorder.size > 0) before = undefined;
  return recorder;
}
