import { type Millis, type Sample, toMicros } from '../../src/core/sample.js';
import { normal, seeded } from '../../src/core/statistics/random.js';

interface Settings {
  target?: string;
  probe?: string;
  intervalMs?: Millis;
  /** Quiet probes before the track begins, for the detectors to learn from. */
  leadIn?: number;
  rttMs?: Millis;
  startMs?: Millis;
  seed?: number;
  overdueMs?: Millis;
  timeoutMs?: Millis;
}

export const START: Millis = Date.UTC(2026, 10, 21, 10);

/**
 * A target's echoes drawn as a track, one character a probe:
 * `.` an ordinary reply, `x` no reply, `s` a slow one (30 ms more), `p` kept until the end of the run of p's,
 * `L` an ordinary reply whose probe left 400 ms late, `u` not sent.
 */
export function scenario(track: string, settings: Settings = {}): Sample[] {
  const {
    target = 'vm',
    probe = 'icmp',
    intervalMs = 50,
    leadIn = 1200,
    rttMs = 1,
    startMs = START,
  } = settings;
  const random = seeded(settings.seed ?? 7);
  const noisy = () => toMicros(rttMs * Math.exp(0.15 * normal(random)));
  const whole = '.'.repeat(leadIn) + track;
  const samples = [...whole].flatMap((kind, seq) => {
    const at = toMicros(startMs + seq * intervalMs);
    const base = { at, target, probe, seq };
    const reply = (rtt: Millis, extra = {}): Sample => ({
      ...base,
      ...extra,
      knownAt: toMicros(at + rtt),
      outcome: { kind: 'reply', rttMs: rtt },
    });
    const overdueMs = settings.overdueMs ?? 50;
    const overdue: Sample = {
      ...base,
      knownAt: at + overdueMs,
      outcome: { kind: 'overdue', waitedMs: overdueMs },
    };
    const timeoutMs = settings.timeoutMs ?? 1000;
    switch (kind) {
      case 'x':
        return [
          overdue,
          { ...base, knownAt: at + timeoutMs, outcome: { kind: 'lost', reason: 'timeout' } } satisfies Sample,
        ];
      case 's':
        return [reply(noisy() + 30)];
      case 'p': {
        const released = startMs + (seq + whole.slice(seq).search(/[^p]/)) * intervalMs;
        const rtt = toMicros(released - at + noisy());
        return rtt > overdueMs ? [overdue, reply(rtt)] : [reply(rtt)];
      }
      case 'L':
        return [reply(noisy(), { lagMs: 400 })];
      case 'u':
        return [
          { ...base, knownAt: at, outcome: { kind: 'unsent', reason: 'ENETUNREACH' } } satisfies Sample,
        ];
      default:
        return [reply(noisy())];
    }
  });
  return inOrder(samples);
}

/** Merges targets as a live session would: in the order in which outcomes were known. */
export function inOrder(...streams: Sample[][]): Sample[] {
  return streams.flat().sort((a, b) => a.knownAt - b.knownAt || a.seq - b.seq);
}
