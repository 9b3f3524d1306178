import { type Millis, type Outcome, type Sample, toMicros } from '../../src/core/sample.js';
import { normal, seeded } from '../../src/core/statistics/random.js';

interface Settings {
  target?: string;
  probe?: string;
  intervalMs?: Millis;
  /** Quiet probes before the track begins, for the detectors to learn from; without it, they are the last of a minute. */
  leadIn?: number;
  rttMs?: Millis;
  startMs?: Millis;
  seed?: number;
  overdueMs?: Millis;
  timeoutMs?: Millis;
}

export const START: Millis = Date.UTC(2026, 10, 21, 10);
/** Probes of the minute before a track begins. */
export const MINUTE = 1200;
/** Those of them that are sent: more than detectors and judge learn from, and no more, since most time of most tests is here. */
export const LEARNED = 400;

/**
 * A target's echoes drawn as a track, one character a probe:
 * `.` an ordinary reply, `x` no reply, `s` a slow one (30 ms more),
 * `l` the first after a move (12 ms more; measured: 7 to 50), `p` kept until the end of the run of p's,
 * `L` an ordinary reply whose probe left 400 ms late, `u` not sent.
 */
export function scenario(track: string, settings: Settings = {}): Sample[] {
  const {
    target = 'vm',
    probe = 'icmp',
    intervalMs = 50,
    leadIn = MINUTE,
    rttMs = 1,
    startMs = START,
    overdueMs = 50,
    timeoutMs = 1000,
  } = settings;
  const random = seeded(settings.seed ?? 7);
  const noisy = () => toMicros(rttMs * Math.exp(0.15 * normal(random)));
  const whole = '.'.repeat(leadIn) + track;
  const first = settings.leadIn === undefined ? MINUTE - LEARNED : 0;
  // A track is the same, noise included, whatever is left out before it.
  for (let seq = 0; seq < first; seq++) noisy();
  const samples: Sample[] = [];
  // Whole suites are made of this, millions of samples: no copies, and one place that makes objects.
  const add = (seq: number, waitedMs: Millis, outcome: Outcome, lagMs?: Millis) => {
    const at = toMicros(startMs + seq * intervalMs);
    const sample: Sample = { at, knownAt: toMicros(at + waitedMs), target, probe, seq, outcome };
    if (lagMs !== undefined) sample.lagMs = lagMs;
    samples.push(sample);
  };
  const reply = (seq: number, rtt: Millis, lagMs?: Millis) =>
    add(seq, rtt, { kind: 'reply', rttMs: rtt }, lagMs);
  const overdue = (seq: number) => add(seq, overdueMs, { kind: 'overdue', waitedMs: overdueMs });
  for (let seq = first; seq < whole.length; seq++)
    switch (whole[seq]) {
      case 'x':
        overdue(seq);
        add(seq, timeoutMs, { kind: 'lost', reason: 'timeout' });
        break;
      case 's':
        reply(seq, noisy() + 30);
        break;
      case 'l':
        reply(seq, noisy() + 12);
        break;
      case 'p': {
        const released = (seq + whole.slice(seq).search(/[^p]/)) * intervalMs;
        const rtt = toMicros(released - seq * intervalMs + noisy());
        if (rtt > overdueMs) overdue(seq);
        reply(seq, rtt);
        break;
      }
      case 'L':
        reply(seq, noisy(), 400);
        break;
      case 'u':
        add(seq, 0, { kind: 'unsent', reason: 'ENETUNREACH' });
        break;
      default:
        reply(seq, noisy());
    }
  return inOrder(samples);
}

/** Merges targets as a live session would: in the order in which outcomes were known. */
export function inOrder(...streams: Sample[][]): Sample[] {
  return streams.flat().sort((a, b) => a.knownAt - b.knownAt || a.seq - b.seq);
}
