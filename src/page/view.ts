/** The state of the player and how it changes. Pure: times come in, no clock is asked. */

type Millis = number;

export interface View {
  /** The replayed moment. */
  at: Millis;
  /** What the lanes show. */
  from: Millis;
  to: Millis;
  target: number;
  isPlaying: boolean;
  speed: number;
}

/** The shortest and the usual stretch on screen. */
const MIN_WINDOW: Millis = 10;
const USUAL_WINDOW: Millis = 60_000;
/** While it plays, the moment stays at this place of the window. */
const PLAYHEAD = 0.75;
const ZOOM_STEP = 2;

export const SPEEDS = [0.05, 0.25, 1, 2, 5, 10, 60, 600] as const;

export function openingView(lengthMs: Millis): View {
  const to = Math.min(lengthMs, USUAL_WINDOW);
  return { at: 0, from: 0, to, target: 0, isPlaying: false, speed: lengthMs > 30 * USUAL_WINDOW ? 60 : 5 };
}

/** The view after so much time on the watch of the reader. */
export function played(view: View, elapsedMs: Millis, lengthMs: Millis): View {
  const at = Math.min(lengthMs, view.at + elapsedMs * view.speed);
  return followed({ ...view, at, isPlaying: view.isPlaying && at < lengthMs }, lengthMs);
}

/** The view at another moment; the window moves with it if it would leave the window. */
export function sought(view: View, at: Millis, lengthMs: Millis): View {
  const moment = Math.max(0, Math.min(lengthMs, at));
  if (moment >= view.from && moment <= view.to) return { ...view, at: moment };
  const width = view.to - view.from;
  return within({ ...view, at: moment }, moment - width / 2, width, lengthMs);
}

/** Zooms by a factor around a moment, by default the replayed one. */
export function zoomed(view: View, factor: number, lengthMs: Millis, around = view.at): View {
  const width = Math.min(lengthMs, Math.max(MIN_WINDOW, (view.to - view.from) * factor));
  const share = (around - view.from) / Math.max(1e-9, view.to - view.from);
  const kept = share < 0 || share > 1 ? 0.5 : share;
  return within(view, around - width * kept, width, lengthMs);
}

export const zoomedIn = (view: View, lengthMs: Millis) => zoomed(view, 1 / ZOOM_STEP, lengthMs);
export const zoomedOut = (view: View, lengthMs: Millis) => zoomed(view, ZOOM_STEP, lengthMs);

/** The stretch in the middle of the window, with the moment at its end. */
export function showing(view: View, from: Millis, to: Millis, lengthMs: Millis): View {
  const width = Math.min(lengthMs, Math.max(1000, (to - from) * 2));
  const at = Math.max(0, Math.min(lengthMs, to));
  return within({ ...view, at, isPlaying: false }, (from + to) / 2 - width / 2, width, lengthMs);
}

function followed(view: View, lengthMs: Millis): View {
  const width = view.to - view.from;
  const from = Math.max(view.from, view.at - width * PLAYHEAD);
  if (view.at < view.from) return within(view, view.at - width * PLAYHEAD, width, lengthMs);
  return within(view, from, width, lengthMs);
}

function within(view: View, from: Millis, width: Millis, lengthMs: Millis): View {
  const start = Math.max(0, Math.min(lengthMs - width, from));
  return { ...view, from: start, to: start + width };
}
