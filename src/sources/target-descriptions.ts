import type { Millis } from '../core/sample.js';
import type { TargetInfo } from '../core/session-info.js';
import { type ActiveTarget, describe, type TargetRequest } from './active-target.js';

/** A silent clock stops being listed as a witness, so targets are described again at least this often. */
const MAX_AGE_MS: Millis = 1000;
const CLOCK_REQUESTS_A_SECOND = 50;

interface Descriptions {
  at: Millis;
  targets: readonly TargetInfo[];
  packetsPerSecond: number;
}

/** The targets as the session shows them, kept for a moment: screens ask for thousands of them at every frame. */
export class TargetDescriptions {
  private latest: Descriptions | undefined;

  constructor(
    private readonly requests: ReadonlyMap<unknown, TargetRequest>,
    private readonly intervalMs: Millis,
  ) {}

  at(time: Millis): Descriptions {
    if (this.latest && time < this.latest.at + MAX_AGE_MS) return this.latest;
    const requests = [...this.requests.values()];
    this.latest = {
      at: time,
      targets: requests.map(request => describe(request, time)),
      packetsPerSecond: requests.reduce((sum, { active }) => sum + (active ? this.packetsOf(active) : 0), 0),
    };
    return this.latest;
  }

  /** A target has changed. */
  invalidate(): void {
    this.latest = undefined;
  }

  /** Packets a second: echoes, and the clock requests between them. A simulated clock is not requested. */
  private packetsOf({ spec, witnesses }: ActiveTarget): number {
    const echoes = 1000 / this.intervalMs;
    const asksClock = spec.scheme !== 'sim' && witnesses.includes('clock');
    return echoes + (asksClock ? Math.min(echoes, CLOCK_REQUESTS_A_SECOND) : 0);
  }
}
