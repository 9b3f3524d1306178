import type { HypervisorReport } from './hypervisor/report.js';
import type { Millis, TargetId } from './sample.js';
import type { EventStream } from './wire/event-stream.js';

export const EVENT_KINDS = [
  'migration',
  'pause',
  'reboot',
  'outage',
  'congestion',
  'ghost',
  'unclear',
  'failover',
  'takeover',
  'clock-set',
  'path-change',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One disturbance of one target, reported again with the same id whenever it changes. */
export interface MigrationEvent {
  id: string;
  state: 'open' | 'closed';
  target: TargetId;
  kind: EventKind;
  /** The id of the judge's rule that decided. */
  rule: string;
  /** It turns its target's light red: a migration or a ghost is the best explanation. */
  red: boolean;
  /** First sign of the disturbance. */
  startedAt: Millis;
  /** When the target answered as before. */
  endedAt?: Millis;
  /** When a detector first alarmed. */
  detectedAt: Millis;
  /** How long the guest stood still, where the evidence bounds it. */
  blackoutMs?: Bounds;
  /** How long the guest stood still, by its clock. */
  freezeMs?: Millis;
  /** How long it could not be reached, by its echoes. */
  unreachableMs?: Millis;
  /** Last reply before the gap to first reply after it. */
  stuntimeMs?: Millis;
  /** The probability, as judged, that `kind` names the cause; of `unclear`, that of the best explanation. */
  confidence: number;
  /** In maintenance mode: a move that its target was marked for. */
  expected?: boolean;
  /** The verdict, and what speaks for it. */
  evidence: Evidence[];
  /** What speaks against it. */
  against?: Evidence[];
  /** What the hypervisor reported about it; absent if no hypervisor of the target was connected. */
  reported?: HypervisorReport;
  /** The migration stream of the same time, as captured on the network. */
  stream?: EventStream;
}

/** How long the target did not answer, as shown to users: from the last reply before the gap to the first after it. */
export function unreachableFor({
  stuntimeMs,
  unreachableMs,
}: Pick<MigrationEvent, 'stuntimeMs' | 'unreachableMs'>): Millis | undefined {
  return stuntimeMs ?? unreachableMs;
}

export interface Bounds {
  estimate: Millis;
  low: Millis;
  high: Millis;
}

export interface Evidence {
  /** Where it comes from: an EvidenceWitness; a recording may hold any text. */
  witness: string;
  /** In words, for people. */
  summary: string;
  value?: number;
  unit?: string;
}

export type Light = 'green' | 'amber' | 'red';

/** The light that an event brings, and its colour wherever it is shown. An `unclear` event may be either. */
export function lightOf({ red }: Pick<MigrationEvent, 'red'>): 'amber' | 'red' {
  return red ? 'red' : 'amber';
}

export interface LightState {
  target: TargetId;
  light: Light;
  /** Since when. */
  at: Millis;
  why: string;
}
