import type { ClockStep } from '../clock/track.js';
import type { Millis } from '../sample.js';

/** A stretch of time in which a target was disturbed. */
export interface TimeSpan {
  from: Millis;
  to: Millis;
}

/** A target as the judge compares others with it. */
export interface Peer {
  /** Simulated: it shares no path with real targets. */
  readonly simulated: boolean;
  /** Most of its probes in the span had no good answer. */
  disturbedThrough(span: TimeSpan): boolean;
  /** Where its clock is read: when it last stepped, and by how much. */
  readonly clockStep: ClockStep | undefined;
  readonly hasClock: boolean;
  /** Answered until shortly before `moment`. */
  aliveBefore(moment: Millis): boolean;
}

/** More peers would add cost for every disturbed target, and little evidence. */
const MAX_COMPARED = 32;

/** Targets that are compared with each other. Of many, a fixed few, spread over the list, because neighbours in a list share a rack. */
export class PeerGroup<Watch extends Peer> {
  private readonly all = new Set<Watch>();
  private chosen: readonly Watch[] | undefined;

  add(watch: Watch): void {
    this.all.add(watch);
    this.chosen = undefined;
  }

  remove(watch: Watch): void {
    this.all.delete(watch);
    this.chosen = undefined;
  }

  /** A simulated target has no peers: it shares no path with real ones. */
  peersOf(watch: Watch): readonly Watch[] {
    if (watch.simulated) return [];
    this.chosen ??= spread(
      [...this.all].filter(({ simulated }) => !simulated),
      MAX_COMPARED + 1,
    );
    return this.chosen.filter(other => other !== watch).slice(0, MAX_COMPARED);
  }
}

function spread<Item>(all: readonly Item[], most: number): readonly Item[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]!);
}

/** Clocks of peers are read up to this far apart. */
const TOGETHER_MS: Millis = 2000;

/** Whether the clocks of all peers, at least one, stepped forward at about the same time. */
export function allForward(neighbours: readonly Peer[], { to, stepMs }: ClockStep): boolean {
  const clocks = neighbours.filter(({ hasClock }) => hasClock);
  const forward = ({ clockStep: other }: Peer) =>
    other !== undefined && other.stepMs > 0 && Math.abs(other.to - to) < TOGETHER_MS;
  return stepMs > 0 && clocks.length > 0 && clocks.every(forward);
}

/** Counts the peers that answered before `span`, and those of them that were disturbed through it. */
export function countDisturbed(neighbours: readonly Peer[], span: TimeSpan, slack: Millis) {
  let others = 0;
  let othersDisturbed = 0;
  for (const neighbour of neighbours) {
    if (!neighbour.aliveBefore(span.from)) continue;
    others++;
    if (neighbour.disturbedThrough(widen(span, slack))) othersDisturbed++;
  }
  return { others, othersDisturbed };
}

function widen({ from, to }: TimeSpan, slack: Millis): TimeSpan {
  return { from: from - slack, to: to + slack };
}
