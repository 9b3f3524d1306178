import type { Light, MigrationEvent } from '../core/event.js';
import { getOrMake } from '../core/get-or-make.js';
import type { TargetId } from '../core/sample.js';
import type { Sink, Step } from '../core/step.js';
import { EventList } from '../recording/event-list.js';
import type { Detection } from './score.js';

/** What was said of the targets, as it is scored. The lights must be held no longer than their events. */
export class Detections implements Sink {
  readonly events = new EventList();
  private readonly lights = new Map<TargetId, Light>();
  private readonly told = new Map<string, Detection>();

  take({ sample, lights, events }: Step): void {
    for (const { target, light } of lights) this.lights.set(target, light);
    for (const event of events) {
      this.events.add(event);
      this.tell(event, sample.knownAt);
    }
  }

  all(): Detection[] {
    return [...this.told.values()];
  }

  private tell({ id, target, kind, blackoutMs }: MigrationEvent, at: number): void {
    const told = getOrMake(this.told, id, (): Detection => ({ target, kind, red: false, at }));
    told.kind = kind;
    if (blackoutMs) told.blackoutMs = blackoutMs;
    if (told.red || this.lights.get(target) !== 'red') return;
    told.red = true;
    told.at = at;
  }
}
