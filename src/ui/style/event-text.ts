import { duration, percent } from '../../core/format/units.js';
import type { EventView } from '../view/events.js';

/** What is known of an event, the most telling first. */
export function describeEvent(event: EventView): string[] {
  const { open, blackoutMs, noticed, stuntimeMs, confidence, evidence } = event;
  return [
    open ? 'going on' : '',
    blackoutMs ? `blackout ${bounded(blackoutMs)}` : '',
    noticed,
    stuntimeMs === undefined ? '' : `stuntime ${duration(stuntimeMs)}`,
    `${percent(confidence)} sure`,
    evidence,
  ].filter(Boolean);
}

/** An estimate with its bounds, whose unit is left out where it is the same: `43.7 ms (42.9 to 44.5)`. */
function bounded({ estimate, low, high }: NonNullable<EventView['blackoutMs']>): string {
  const [middle, ...ends] = [estimate, low, high].map(duration);
  const unit = middle!.slice(middle!.indexOf(' '));
  const bare = ends.every(end => end.endsWith(unit)) ? ends.map(end => end.slice(0, -unit.length)) : ends;
  return `${middle} (${bare.join(' to ')})`;
}
