import type { EventKind, Light } from '../core/event.js';
import { getOrMake } from '../core/get-or-make.js';
import type { Millis, PlaybackState, Sample, TargetId } from '../core/sample.js';
import type { Detection } from '../evaluation/score.js';

/** A headless session's lines, as far as they matter here. Moments are texts. */
interface Line {
  type: 'start' | 'light' | 'event' | 'sample' | 'summary';
  target: TargetId;
  at: string;
  knownAt: string;
  light: Light;
  id: string;
  kind: string;
  blackoutMs?: Detection['blackoutMs'];
  seq: number;
  rttMs: Millis;
  state: PlaybackState;
  lowestMs: Millis;
  stalledMs: Millis;
  targets: { target: TargetId }[];
}

/** A viewer at a moment: what it does, the least it had, and for how long it stood still so far. */
export interface Seen {
  at: Millis;
  state: PlaybackState;
  lowestMs: Millis;
  stalledMs: Millis;
}

/** Reads what a headless session says, from outside: what counts is when a line came. */
export class LineReader {
  readonly samples: Sample[] = [];
  /** What viewers saw, oldest first. */
  readonly playback: Seen[] = [];
  readonly targets = new Set<TargetId>();
  private readonly lights = new Map<TargetId, Light>();
  private readonly events = new Map<string, Detection>();

  /** Takes in a line that came at `now`. The session must hold no light beyond its event, so that a red has one owner. */
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

  private readEvent({ id, target, kind, blackoutMs }: Line, now: Millis): void {
    const told = getOrMake(
      this.events,
      id,
      (): Detection => ({ target, kind: kind as EventKind, red: false, at: now }),
    );
    told.kind = kind as EventKind;
    if (blackoutMs) told.blackoutMs = blackoutMs;
    if (told.red || this.lights.get(target) !== 'red') return;
    told.red = true;
    told.at = now;
  }

  /** Keeps what tells a probe's fate. */
  private readSample({ at, knownAt, target, seq, kind, rttMs, state, lowestMs, stalledMs }: Line): void {
    if (kind === 'playback') this.playback.push({ at: Date.parse(at), state, lowestMs, stalledMs });
    const base = { at: Date.parse(at), knownAt: Date.parse(knownAt), target, probe: 'icmp', seq };
    if (kind === 'lost') this.samples.push({ ...base, outcome: { kind, reason: 'timeout' } });
    else if (kind === 'reply') this.samples.push({ ...base, outcome: { kind, rttMs } });
  }
}
