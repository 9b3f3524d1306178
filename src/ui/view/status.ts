import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { RecordingState } from '../../recording/record-switch.js';

export interface StatusView {
  backends: string;
  intervalMs: Millis;
  packetsPerSecond: number;
  notices: readonly string[];
  recording: RecordingState | undefined;
  /** The bell rings when a light turns red. */
  bell: boolean;
}

/** The notices that the user has not dismissed. */
export function shownNotices({ notices }: SessionInfo, dismissed: ReadonlySet<string>): string[] {
  return notices.filter(text => !dismissed.has(text)).map(printable);
}

export function statusOf(
  info: SessionInfo,
  recording: RecordingState | undefined,
  bell: boolean,
  dismissed: ReadonlySet<string> = new Set(),
): StatusView {
  return {
    backends: [...new Set(info.targets.map(({ backend }) => printable(backend)))]
      .filter(backend => backend !== '-')
      .join(', '),
    intervalMs: info.intervalMs,
    packetsPerSecond: info.packetsPerSecond,
    bell,
    notices: shownNotices(info, dismissed),
    recording: recording && {
      ...recording,
      name: printable(recording.name),
      ...(recording.trouble !== undefined && { trouble: printable(recording.trouble) }),
    },
  };
}
