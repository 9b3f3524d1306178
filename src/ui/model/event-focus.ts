import type { Choices, Controls } from './controls.js';

/** The graph follows the time again. */
export const LIVE = { event: undefined, page: undefined, end: undefined, cursor: undefined };

/** From the wall to the page of the chosen target's newest event, or without one to the list. */
export function openedFromWall(controls: Controls, { events }: Choices): Partial<Controls> | undefined {
  if (!controls.wall || controls.page !== undefined) return undefined;
  const event = events.find(({ target }) => target === controls.chosen);
  return event ? { ...showing(event, controls), page: 0 } : { wall: false };
}

export function openedOrFull(controls: Controls, { events, offered }: Choices): Partial<Controls> {
  const { event, page, full } = controls;
  if (event !== undefined) return { page: page === undefined ? 0 : undefined, help: false };
  const toured = events.find(({ id }) => id === offered);
  return toured ? { ...showing(toured, controls), page: 0 } : { full: !full };
}

/** From the newest event to older ones, and after the oldest back to now. */
export function nextEvent(controls: Controls, { events }: Choices): Partial<Controls> {
  const next = events[events.findIndex(({ id }) => id === controls.event) + 1];
  return next ? showing(next, controls) : LIVE;
}

/** The change that shows an event, which counts as seen from then on. An open page stays open. */
export function showing(
  { id, target }: Pick<Choices['events'][number], 'id' | 'target'>,
  { seen, page }: Pick<Controls, 'seen' | 'page'>,
): Partial<Controls> {
  return {
    ...{ ...LIVE, event: id, chosen: target, histogram: false, help: false, seen: new Set([...seen, id]) },
    ...(page !== undefined && { page: 0 }),
  };
}
