/**
 * What judging costs while 2,000 targets are gone at once, which is when it matters most, beside what it costs
 * while they are calm: in one process, each second of the session against the second it may take.
 */
import { defaultChoices } from '../../detectors/index.js';
import type { Millis, Sample } from '../../src/core/sample.js';
import { normal, seeded } from '../../src/core/statistics/random.js';
import { SessionEngine } from '../../src/session/engine.js';
import { START } from '../support/scenario.js';
import type { Row } from './row.js';

const TARGETS = 2000;
const INTERVAL: Millis = 200;
const OVERDUE: Millis = 50;
const TIMEOUT: Millis = 1000;
const [CALM_S, GONE_S, BACK_S] = [60, 60, 3];

/** Slot by slot: an echo of every target, spread over the interval as live ones are. */
class Crowd {
  private seq = 0;
  /** The slots in which nobody answered. */
  private readonly missing = new Set<number>();
  private readonly random = seeded(1);
  private readonly session = new SessionEngine(defaultChoices(), 30_000);

  /** Milliseconds of processing for a second of the session. */
  live(seconds: number, answered: boolean): number {
    let took = 0;
    for (let slot = 0; slot < seconds * (1000 / INTERVAL); slot++) {
      const samples = this.slot(answered);
      const begun = performance.now();
      for (const sample of samples) this.session.take(sample);
      took += performance.now() - begun;
    }
    return took / seconds;
  }

  get open(): number {
    return this.session.open.size;
  }

  private slot(answered: boolean): Sample[] {
    const seq = this.seq++;
    if (!answered) this.missing.add(seq);
    const givenUp = seq - TIMEOUT / INTERVAL;
    return Array.from({ length: TARGETS }, (_, index) => {
      const at = START + seq * INTERVAL + (index * INTERVAL) / TARGETS;
      const base = { target: `vm${index}`, probe: 'icmp' };
      const rttMs = 0.3 * Math.exp(0.15 * normal(this.random));
      const status: Sample = answered
        ? { ...base, seq, at, knownAt: at + rttMs, outcome: { kind: 'reply', rttMs } }
        : { ...base, seq, at, knownAt: at + OVERDUE, outcome: { kind: 'overdue', waitedMs: OVERDUE } };
      if (!this.missing.has(givenUp)) return [status];
      const outcome = { kind: 'lost', reason: 'timeout' } as const;
      return [{ ...base, seq: givenUp, at: at - TIMEOUT, knownAt: at, outcome }, status];
    }).flat();
  }
}

export function outage(): Promise<Row[]> {
  const crowd = new Crowd();
  const calm = crowd.live(CALM_S, true);
  const gone = crowd.live(GONE_S, false);
  const { open } = crowd;
  const back = crowd.live(BACK_S, true);
  const percent = (ms: number) => `${(ms / 10).toFixed(0)} %`;
  const most = Math.max(gone, back);
  return Promise.resolve([
    {
      figure: `judging ${TARGETS} targets at ${1000 / INTERVAL} Hz: calm / all gone for ${GONE_S} s / back`,
      measured: `${[calm, gone, back].map(percent).join(' / ')} of a core, ${open} events open`,
      target: '<= 100 % of a core',
      ok: most <= 1000 && open === TARGETS,
    },
  ]);
}
