import type { EventKind, Light } from '../core/event.js';
import { getOrMake } from '../core/get-or-make.js';
import type { Millis, PlaybackState, Sample, TargetId } from '../core/sample.js';
import type { Detection } from '../evaluation/matching.js';

/** The fields of a headless session's lines that are used here. Moments are texts. */
interface Line {
  type: 'start' | 'light' | 'event' | 'sample' | 'summary';
  target: TargetId;
  at: string;
  knownAt: string;
  light: Light;
  id: string;
  kind: string;
  startedAt: string;
  endedAt?: string;
  confidence: number;
  blackoutMs?: Detection['blackoutMs'];
  seq: number;
  rttMs: Millis;
  state: PlaybackState;
  lowestMs: Millis;
  stalledMs: Millis;
  targets: { target: TargetId }[];
}

/** A viewer at a moment: its state, its lowest buffer, and how long it has stalled so far. */
export interface Seen {
  at: Millis;
  state: PlaybackState;
  lowestMs: Millis;
  stalledMs: Millis;
}

/** Reads the lines of a headless session. The time at which a line arrives counts as the time of detection. */
export class LineReader {
  readonly samples: Sample[] = [];
  /** The states of viewers, oldest first. */
  readonly playback: Seen[] = [];
  readonly targets = new Set<TargetId>();
  private readonly lights = new Map<TargetId, Light>();
  private readonly events = new Map<string, Detection>();

  /** Processes a line that arrived at `now`. The session's hold must be 0, so that each red light belongs to one event. */
  read(text: string, now: Millis): void {
    const line: Line = JSON.parse(text);
    if (line.type === 'start') for (const { target } of line.targets) this.targets.add(target);
    if (line.type === 'light') this.lights.set(line.target, line.light);
    else if (line.type === 'event') this.readEvent(line, now);
    else if (line.type === 'sample') this.readSample(line);
  }

  get detections(): Detection[] {
    return [...this.events.values()];
  }

  private readEvent(
    { id, target, kind, startedAt, endedAt, confidence, blackoutMs }: Line,
    now: Millis,
  ): void {
    const began = Date.parse(startedAt);
    const first = { target, kind: kind as EventKind, startedAt: began, red: false, at: now };
    const told: Detection = getOrMake(this.events, id, (): Detection => first);
    Object.assign(told, { kind, startedAt: began, confidence });
    if (endedAt !== undefined) told.endedAt = Date.parse(endedAt);
    if (blackoutMs) told.blackoutMs = blackoutMs;
    if (told.red || this.lights.get(target) !== 'red') return;
    told.red = true;
    told.at = now;
  }

  /** Keeps a sample that ends a probe: a reply or a loss. */
  private readSample({ at, knownAt, target, seq, kind, rttMs, state, lowestMs, stalledMs }: Line): void {
    if (kind === 'playback') this.playback.push({ at: Date.parse(at), state, lowestMs, stalledMs });
    const base = { at: Date.parse(at), knownAt: Date.parse(knownAt), target, probe: 'icmp', seq };
    if (kind === 'lost') this.samples.push({ ...base, outcome: { kind, reason: 'timeout' } });
    else if (kind === 'reply') this.samples.push({ ...base, outcome: { kind, rttMs } });
  }
}
