import { type Millis, type Sample, toMicros } from '../../src/core/sample.js';
import { seeded } from '../../src/core/statistics/random.js';
import { inOrder, LEARNED, MINUTE, START, scenario } from './scenario.js';

/** What happens to a guest, in ms of the scenario's own time. */
export type Happening =
  /** It stands still, and what is sent meanwhile is lost (`migration`) or kept (`pause`). */
  | { what: 'migration' | 'pause'; from: Millis; to: Millis; announced?: boolean }
  /** Nothing reaches it; it does not notice. Its hypervisor announces it again at the end, or one forged RARP begins it. */
  | { what: 'cut'; from: Millis; to: Millis; announced?: boolean; forged?: boolean }
  /** It boots: its wall clock comes back changed, its monotonic clock starts again. */
  | { what: 'boot'; from: Millis; to: Millis; byMs: Millis }
  /** A stale copy answers, whose clocks are both behind. */
  | { what: 'ghost'; from: Millis; to: Millis; ageMs: Millis }
  /** Its wall clock jumps, its echoes go on. */
  | { what: 'jump'; from: Millis; byMs: Millis };

interface Settings {
  target?: string;
  seconds?: number;
  clock?: boolean;
  /** Its TCP timestamps are read as well, four times a second. */
  tcp?: boolean;
  /** Frames of the target reach us at all. */
  audible?: boolean;
  seed?: number;
}

const INTERVAL: Millis = 50;
/** The first reading of a clock is between the first echoes. */
const FIRST: Millis = (MINUTE - LEARNED) * INTERVAL;
/** QEMU's announcements after RESUME (evidence of real migrations). */
const RARP_AT: readonly Millis[] = [0, 50, 200, 450, 800];

/** Echoes every 50 ms before and for `seconds` after a minute, whole-millisecond clock readings between them, and announcements. */
export function witnessed(happenings: readonly Happening[], settings: Settings = {}): Sample[] {
  const { target = 'vm', seconds = 6, clock = true, tcp = false, audible = false, seed = 7 } = settings;
  const probes = (seconds * 1000) / INTERVAL;
  const origin = START + MINUTE * INTERVAL;
  const stateAt = (at: Millis) =>
    happenings.find(each => 'to' in each && each.what !== 'ghost' && at >= each.from && at < each.to);
  const track = Array.from({ length: probes }, (_, index) => {
    const state = stateAt(index * INTERVAL);
    const isBack = state === undefined && stateAt((index - 1) * INTERVAL)?.what === 'migration';
    if (state === undefined) return isBack ? 'l' : '.';
    return state.what === 'pause' ? 'p' : 'x';
  }).join('');
  const echoes = scenario(track, { target, seed });

  const readings = (via: 'icmp' | 'tcp', every: number, shiftAt: Shift): Sample[] => {
    const random = seeded(seed + (via === 'icmp' ? 1 : 2));
    const all: Sample[] = [];
    for (let seq = 0; seq < (MINUTE + probes) / every; seq++) {
      const sent = (seq + 0.5) * INTERVAL * every + random() * 3;
      const rttMs = toMicros(0.6 + random() * 0.4);
      const own = sent + rttMs / 2 - MINUTE * INTERVAL;
      if (sent < FIRST || stateAt(own)) continue;
      const offsetMs = toMicros(Math.floor(own + shiftAt(happenings, own) - 431.4) - own);
      const at = toMicros(START + sent);
      all.push({
        ...{ at, knownAt: toMicros(at + rttMs), target, probe: via === 'icmp' ? 'clock' : 'tcp-clock', seq },
        outcome: { kind: 'clock', offsetMs, rttMs, via },
      });
    }
    return all;
  };
  const frame = (at: Millis, via: 'arp' | 'rarp', gratuitous: boolean, seq: number): Sample => ({
    ...{ at, knownAt: at, target, probe: 'announce', seq },
    outcome: { kind: 'announce', via, mac: '52:54:00:12:34:51', gratuitous },
  });
  const frames = happenings.flatMap((each, index) =>
    announcementsOf(each).map((at, seq) => frame(origin + at, 'rarp', true, 1 + index * 8 + seq)),
  );
  const clocks = [
    ...(clock ? readings('icmp', 1, wallShift) : []),
    ...(tcp ? readings('tcp', 5, monotonicShift) : []),
  ];
  return inOrder(echoes, clocks, frames, audible ? [frame(START, 'arp', false, 0)] : []);
}

/** When RARP for the guest is heard. */
function announcementsOf(each: Happening): Millis[] {
  if ('forged' in each && each.forged) return [each.from];
  return 'announced' in each && each.announced ? RARP_AT.map(after => each.to + after) : [];
}

type Shift = (happenings: readonly Happening[], at: Millis) => Millis;

/** How far the guest's wall clock is off its first course. */
function wallShift(happenings: readonly Happening[], at: Millis): Millis {
  const set = happenings
    .filter(({ from }) => from <= at)
    .reduce((sum, each) => {
      if (each.what === 'jump') return sum + each.byMs;
      return each.what === 'boot' && each.to <= at ? sum + each.byMs : sum;
    }, 0);
  return set + runningShift(happenings, at);
}

/** The same of its monotonic clock, which a boot starts again, and nobody sets. */
function monotonicShift(happenings: readonly Happening[], at: Millis): Millis {
  const boots = happenings.filter(each => each.what === 'boot' && each.to <= at);
  return runningShift(happenings, at) - 5_000_000 * boots.length;
}

/** What standstills and copies do to both. */
function runningShift(happenings: readonly Happening[], at: Millis): Millis {
  return happenings.reduce((sum, each) => {
    if (each.what === 'ghost') return at >= each.from && at < each.to ? sum - each.ageMs : sum;
    const stoodStill = each.what === 'migration' || each.what === 'pause';
    return stoodStill && each.to <= at ? sum - (each.to - each.from) : sum;
  }, 0);
}
