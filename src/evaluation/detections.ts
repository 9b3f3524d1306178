import type { Light, MigrationEvent } from '../core/event.js';
import { getOrMake } from '../core/get-or-make.js';
import type { Millis, TargetId } from '../core/sample.js';
import type { Sink, Step } from '../core/step.js';
import { EventList } from '../recording/event-list.js';
import type { Detection } from './matching.js';

/** Collects the detections to score. The hold must be 0: a light that outlasts its event would colour the next one. */
export class Detections implements Sink {
  readonly events = new EventList();
  private readonly lights = new Map<TargetId, Light>();
  private readonly detections = new Map<string, Detection>();

  take({ sample, lights, events }: Step): void {
    for (const { target, light } of lights) this.lights.set(target, light);
    for (const event of events) {
      this.events.add(event);
      this.update(event, sample.knownAt);
    }
  }

  all(): Detection[] {
    return [...this.detections.values()];
  }

  private update(event: MigrationEvent, at: Millis): void {
    const { id, target, kind, startedAt, endedAt, confidence, blackoutMs } = event;
    const first = { target, kind, startedAt, red: false, at };
    const detection: Detection = getOrMake(this.detections, id, (): Detection => first);
    Object.assign(detection, { kind, startedAt, confidence });
    if (endedAt !== undefined) detection.endedAt = endedAt;
    if (blackoutMs) detection.blackoutMs = blackoutMs;
    if (detection.red || this.lights.get(target) !== 'red') return;
    detection.red = true;
    detection.at = at;
  }
}
