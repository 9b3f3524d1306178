import type { MigrationEvent } from '../../core/event.js';
import { eventLine } from '../../core/format/event-line.js';
import { safeJson } from '../../core/format/safe-json.js';
import { printable } from '../../core/format/text.js';
import { utc } from '../../core/format/utc.js';

/** The message of an event that a command gets. */
export interface AlertMessage {
  event: MigrationEvent;
  /** The target's label. */
  name: string;
  /** The move is closed and took longer than its budget. */
  overBudget: boolean;
}

/** What programs need to find their files, their user, the desktop and keys; no other variable is passed on. */
const PASSED_ON = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'SSH_AUTH_SOCK', 'TMUX'],
];

type Environment = Record<string, string | undefined>;

/** The event as on a headless line, with the target's name: one JSON object and a newline. */
export function alertJson({ event, name, overBudget }: AlertMessage): string {
  return `${safeJson({ ...eventLine(event), name, overBudget })}\n`;
}

/** The environment of a command: the message as printable MIGWATCH_… variables, and those of ours that programs need. */
export function alertEnvironment({ event, name, overBudget }: AlertMessage, env: Environment): Environment {
  const { state, kind, id, target, expected, blackoutMs, stuntimeMs, confidence, evidence } = event;
  const variables: Record<string, string | number | boolean | undefined> = {
    STATE: state,
    KIND: kind,
    ID: id,
    TARGET: target,
    NAME: name,
    STARTED_AT: utc(event.startedAt),
    ENDED_AT: event.endedAt === undefined ? undefined : utc(event.endedAt),
    DETECTED_AT: utc(event.detectedAt),
    BLACKOUT_MS: blackoutMs?.estimate,
    STUNTIME_MS: stuntimeMs,
    CONFIDENCE: confidence,
    WHY: evidence[0]?.summary,
    EXPECTED: expected,
    OVER_BUDGET: overBudget,
  };
  return {
    ...Object.fromEntries(PASSED_ON.map(key => [key, env[key]])),
    ...Object.fromEntries(
      Object.entries(variables).flatMap(([key, value]) =>
        value === undefined ? [] : [[`MIGWATCH_${key}`, printable(String(value))]],
      ),
    ),
  };
}
