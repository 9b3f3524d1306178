import { type Millis, type Sample, toMicros } from '../../src/core/sample.js';
import { seeded } from '../../src/core/statistics/random.js';
import { inOrder, START, scenario } from './scenario.js';

/** What happens to a guest, in ms of the scenario's own time. */
export type Happening =
  /** It stands still, and what is sent meanwhile is lost (`migration`) or kept (`pause`). */
  | { what: 'migration' | 'pause'; from: Millis; to: Millis; announced?: boolean }
  /** Nothing reaches it; it does not notice. Its hypervisor announces it again at the end, or one forged RARP begins it. */
  | { what: 'cut'; from: Millis; to: Millis; announced?: boolean; forged?: boolean }
  /** Its clock jumps, its echoes go on. */
  | { what: 'jump'; from: Millis; byMs: Millis };

interface Settings {
  target?: string;
  seconds?: number;
  clock?: boolean;
  /** Frames of the target reach us at all. */
  audible?: boolean;
  seed?: number;
}

const INTERVAL: Millis = 50;
const LEAD_IN = 1200;
/** QEMU's announcements after RESUME (evidence of real migrations). */
const RARP_AT: readonly Millis[] = [0, 50, 200, 450, 800];

/** Echoes every 50 ms for a minute and `seconds` more, whole-millisecond clock readings between them, and announcements. */
export function witnessed(happenings: readonly Happening[], settings: Settings = {}): Sample[] {
  const { target = 'vm', seconds = 6, clock = true, audible = false, seed = 7 } = settings;
  const probes = (seconds * 1000) / INTERVAL;
  const origin = START + LEAD_IN * INTERVAL;
  const stateAt = (at: Millis) => happenings.find(each => 'to' in each && at >= each.from && at < each.to);
  const track = Array.from({ length: probes }, (_, index) => {
    const state = stateAt(index * INTERVAL);
    return state === undefined ? '.' : state.what === 'pause' ? 'p' : 'x';
  }).join('');
  const echoes = scenario(track, { target, seed, leadIn: LEAD_IN });

  const random = seeded(seed + 1);
  const readings: Sample[] = [];
  for (let seq = 0; clock && seq < LEAD_IN + probes; seq++) {
    const sent = (seq + 0.5) * INTERVAL + random() * 3;
    const rttMs = toMicros(0.6 + random() * 0.4);
    const own = sent + rttMs / 2 - LEAD_IN * INTERVAL;
    if (stateAt(own)) continue;
    const offsetMs = toMicros(Math.floor(own + shiftAt(happenings, own) - 431.4) - own);
    const at = toMicros(START + sent);
    readings.push({
      ...{ at, knownAt: toMicros(at + rttMs), target, probe: 'clock', seq },
      outcome: { kind: 'clock', offsetMs, rttMs, via: 'icmp' },
    });
  }
  const frame = (at: Millis, via: 'arp' | 'rarp', gratuitous: boolean, seq: number): Sample => ({
    ...{ at, knownAt: at, target, probe: 'announce', seq },
    outcome: { kind: 'announce', via, mac: '52:54:00:12:34:51', gratuitous },
  });
  const frames = happenings.flatMap((each, index) =>
    announcementsOf(each).map((at, seq) => frame(origin + at, 'rarp', true, 1 + index * 8 + seq)),
  );
  return inOrder(echoes, readings, frames, audible ? [frame(START, 'arp', false, 0)] : []);
}

/** When RARP for the guest is heard. */
function announcementsOf(each: Happening): Millis[] {
  if ('forged' in each && each.forged) return [each.from];
  return 'announced' in each && each.announced ? RARP_AT.map(after => each.to + after) : [];
}

/** How far the guest's clock is off its first course. */
function shiftAt(happenings: readonly Happening[], at: Millis): Millis {
  return happenings
    .filter(each => ('to' in each ? each.to : each.from) <= at)
    .reduce((sum, each) => {
      if (each.what === 'jump') return sum + each.byMs;
      return each.what === 'cut' ? sum : sum - (each.to - each.from);
    }, 0);
}
