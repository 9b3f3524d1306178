import type { LightState, MigrationEvent } from '../../src/core/event.js';
import type { Millis, Outcome } from '../../src/core/sample.js';
import type { SessionInfo, TargetInfo } from '../../src/core/session-info.js';
import { normal, type Random, seeded } from '../../src/core/statistics/random.js';
import type { Step } from '../../src/core/step.js';
import type { Verdict } from '../../src/core/verdict.js';

/** 2026-11-20 10:00:00 UTC. */
export const START: Millis = Date.UTC(2026, 10, 20, 10, 0, 0);
const INTERVAL: Millis = 50;
const BLACKOUT: Millis = 350;

/** A made-up session of known content: target 1 of n migrates at second 40, target 2 pauses at second 20. */
export class SyntheticSession {
  readonly info: SessionInfo;
  private readonly random: Random = seeded(42);
  private seq = 0;

  constructor(names: readonly string[], notices: readonly string[] = []) {
    this.info = {
      version: '0.1.0',
      startedAt: START,
      intervalMs: INTERVAL,
      timeoutMs: 1000,
      packetsPerSecond: (1000 / INTERVAL) * names.length,
      targets: names.map(targetNamed),
      notices,
    };
  }

  /** The steps of the next 50 ms, one probe for each target. */
  next(): Step[] {
    const seq = this.seq++;
    const second = (seq * INTERVAL) / 1000;
    return this.info.targets.map(({ target }, index) => {
      const outcome = this.outcome(index, second);
      const at = START + seq * INTERVAL + index;
      return {
        sample: { at, knownAt: at + 1, target, probe: 'icmp', seq, outcome },
        verdicts: [{ detector: 'cusum', verdict: verdictAt(index, second) }],
        lights: this.lights(target, index, seq, at),
        events: this.events(target, index, seq),
      };
    });
  }

  /** All steps of that many seconds. */
  take(seconds: number): Step[] {
    return Array.from({ length: (seconds * 1000) / INTERVAL }, () => this.next()).flat();
  }

  private outcome(index: number, second: number): Outcome {
    const base = 0.4 * 3 ** (index % 4);
    const rttMs = base * Math.exp(0.1 * normal(this.random));
    if (index === 1 && second >= 40 && second < 40 + BLACKOUT / 1000)
      return { kind: 'lost', reason: 'timeout' };
    if (index === 1 && second >= 40 && second < 40.6) return { kind: 'reply', rttMs: 45 };
    if (index === 2 && second >= 20 && second < 20.4)
      return { kind: 'reply', rttMs: 400 - (second - 20) * 1000 + 1 };
    return { kind: 'reply', rttMs };
  }

  private lights(target: string, index: number, seq: number, at: Millis): LightState[] {
    if (seq === 0) return [{ target, light: 'green', at, why: '' }];
    if (index === 1 && seq === 808)
      return [{ target, light: 'red', at, why: 'migration: guest clock stepped −350 ms' }];
    if (index === 2 && seq === 402) return [{ target, light: 'amber', at, why: 'replies overdue 100 ms' }];
    return index === 2 && seq === 1000 ? [{ target, light: 'green', at, why: '' }] : [];
  }

  private events(target: string, index: number, seq: number): MigrationEvent[] {
    if (index === 1 && seq === 808) return [migrationOf(target)];
    return index === 2 && seq === 420 ? [pauseOf(target)] : [];
  }
}

/** Target 1's statistic climbs while it is gone, to three times its limit, and comes down within 2 s. */
function verdictAt(index: number, second: number): Verdict {
  const threshold = 11.8;
  const away = index === 1 ? Math.max(0, Math.min(1, (second - 40) / 0.35, (42.4 - second) / 2)) : 0;
  const score = 1 + away * (3 * threshold - 1);
  const alarm = score > threshold;
  return { state: alarm ? 'alarm' : 'calm', score, threshold, why: alarm ? 'round trips above' : '' };
}

function targetNamed(name: string, index: number): TargetInfo {
  const simulated = name.startsWith('sim:');
  return {
    target: simulated ? name : `10.0.0.${index + 1}`,
    name: simulated ? name.slice(4) : name,
    address: simulated ? name : `10.0.0.${index + 1}`,
    backend: simulated ? 'sim' : 'icmp-datagram',
    witnesses: ['echo'],
    simulated,
  };
}

export function migrationOf(target: string): MigrationEvent {
  return {
    id: `m-${target}`,
    state: 'closed',
    target,
    kind: 'migration',
    rule: 'gap-and-stood-still',
    red: true,
    startedAt: START + 40_000,
    endedAt: START + 40_000 + BLACKOUT,
    detectedAt: START + 40_070,
    blackoutMs: { estimate: 350, low: 300, high: 400 },
    stuntimeMs: 402,
    confidence: 0.99,
    evidence: [
      { witness: 'clock', summary: 'guest clock stepped −350 ms' },
      { witness: 'echo', summary: '7 requests in a row lost' },
    ],
  };
}

export function pauseOf(target: string): MigrationEvent {
  return {
    id: `p-${target}`,
    state: 'closed',
    target,
    kind: 'pause',
    rule: 'queued-replies',
    red: false,
    startedAt: START + 20_000,
    endedAt: START + 20_400,
    detectedAt: START + 20_100,
    blackoutMs: { estimate: 400, low: 380, high: 400 },
    confidence: 0.9,
    evidence: [{ witness: 'echo', summary: 'sawtooth of 8 late replies' }],
  };
}
