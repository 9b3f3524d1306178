import type { Millis, TargetId } from './sample.js';
import { anyNumber, list, moment, object, oneOf, optional, text, truth } from './state.js';

export const EVENT_KINDS = [
  'migration',
  'pause',
  'reboot',
  'outage',
  'congestion',
  'ghost',
  'unclear',
] as const;
/** One of each witness and detector, and some to spare. */
const MAX_EVIDENCE = 1000;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One disturbance of one target, told again with the same id whenever more is known. */
export interface MigrationEvent {
  id: string;
  state: 'open' | 'closed';
  target: TargetId;
  kind: EventKind;
  /** First sign of the disturbance. */
  startedAt: Millis;
  /** When the target answered as before. */
  endedAt?: Millis;
  /** When we knew. */
  detectedAt: Millis;
  /** How long the guest stood still, where the evidence bounds it. */
  blackoutMs?: Bounds;
  /** Last reply before the gap to first reply after it. */
  stuntimeMs?: Millis;
  /** The probability, as judged, that `kind` names the cause. */
  confidence: number;
  /** In maintenance mode: a move that its target was marked for. */
  expected?: boolean;
  evidence: Evidence[];
}

export interface Bounds {
  estimate: Millis;
  low: Millis;
  high: Millis;
}

export interface Evidence {
  /** Who saw it: `echo`, `clock`, `announce`, or `prober` for our own side. */
  witness: string;
  /** In words, for people. */
  summary: string;
  value?: number;
  unit?: string;
}

export type Light = 'green' | 'amber' | 'red';

export interface LightState {
  target: TargetId;
  light: Light;
  /** Since when. */
  at: Millis;
  why: string;
}

export const BOUNDS = object<Bounds>({ estimate: anyNumber, low: anyNumber, high: anyNumber });

/** How an event is saved in the state of a session. */
export const EVENT = object<MigrationEvent>({
  id: text,
  state: oneOf('open', 'closed'),
  target: text,
  kind: oneOf(...EVENT_KINDS),
  startedAt: moment,
  endedAt: optional(moment),
  detectedAt: moment,
  blackoutMs: optional(BOUNDS),
  stuntimeMs: optional(anyNumber),
  confidence: anyNumber,
  expected: optional(truth),
  evidence: list(
    object<Evidence>({ witness: text, summary: text, value: optional(anyNumber), unit: optional(text) }),
    MAX_EVIDENCE,
  ),
});

export const LIGHT = object<LightState>({
  target: text,
  light: oneOf('green', 'amber', 'red'),
  at: moment,
  why: text,
});
