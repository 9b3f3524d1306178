import type { Millis } from '../../src/core/sample.js';
import { normal, type Random, seeded } from '../../src/core/statistics/random.js';

/** How the simulated VM behaves. All times count from its start. */
export interface SimSettings {
  seed: number;
  /** Median RTT before the first migration. */
  rttMs: Millis;
  /** Typical blackout; each is up to a tenth shorter or longer. */
  blackoutMs: Millis;
  /** Beginning of the first migration's pre-copy. */
  firstMs: Millis;
  /** From the beginning of one migration to that of the next. */
  everyMs: Millis;
  /** Background loss, in percent. */
  lossPercent: number;
  /** Frames by which the hypervisor announces each migration. */
  announcements: number;
}

/** A simulated migration; the guest stands still from `stopMs` to `resumeMs`. */
export interface SimMigration {
  preCopyMs: Millis;
  stopMs: Millis;
  resumeMs: Millis;
}

/** Sigma of the logarithm of the RTT, at rest and at the end of pre-copy. */
const CALM = 0.12;
const BUSY = 0.45;
/** One reply in 500 is up to three times as slow. */
const TAIL = { share: 0.002, most: 3 };
/** Pre-copy takes 4 to 6 s and raises the RTT by up to a half. */
const PRE_COPY = { least: 4000, spread: 2000, raise: 0.5 };
/** The first replies after a migration are 7 to 50 ms late, falling off with this time constant. */
const RECOVERY = { least: 7, spread: 43, fadeMs: 60, lastsMs: 300 };
/** The guest's clock is ahead by so much at first; a reading is whole milliseconds, and off by a share of its round trip. */
const CLOCK = { aheadMs: 40, resolutionMs: 1, asymmetry: 0.1 };
/** QEMU announces a VM at once, and then after 50, 150, 250 ms and so on: so many milliseconds times n² after it resumed. */
const ANNOUNCED_EVERY = 50;
/** The new host is as fast as the old one, or up to a quarter faster or slower. */
const LEVEL = 0.25;

/**
 * A VM that is live-migrated now and then, as a real one looks from outside: RTT higher and unsteady while memory is
 * copied, requests lost in the blackout, a clock that stood still meanwhile, announcements, late first replies, then
 * perhaps a new level.
 * A pure function of settings, time and sequence number, so it can be called in any order and at any speed.
 */
export class SimulatedVm {
  /** How long it has stood still before each migration; computed as far as anybody asked. */
  private readonly stoodStill: Millis[] = [0];

  constructor(private readonly settings: SimSettings) {}

  /** The RTT of a probe sent at `atMs` after the start; undefined if it is lost. */
  rtt(atMs: Millis, seq: number): Millis | undefined {
    const { seed, rttMs, firstMs, everyMs, lossPercent } = this.settings;
    const random = randomOf(seed, 1, seq);
    const index = Math.floor((atMs - firstMs) / everyMs);
    const { preCopyMs, stopMs, resumeMs } = this.migration(index);
    const lost = random() * 100 < lossPercent;
    if (lost || (index >= 0 && atMs >= stopMs && atMs < resumeMs)) return undefined;
    const level = rttMs * this.level(index >= 0 && atMs >= resumeMs ? index : index - 1);
    const progress = index >= 0 && atMs < stopMs ? (atMs - preCopyMs) / (stopMs - preCopyMs) : 0;
    const noise = Math.exp(normal(random) * (CALM + (BUSY - CALM) * progress));
    const tail = random() < TAIL.share ? 1 + random() * (TAIL.most - 1) : 1;
    const late = index >= 0 ? recovery(atMs - resumeMs, random) : 0;
    return level * (1 + PRE_COPY.raise * progress) * noise * tail + late;
  }

  /** Its clock minus the true time, as read by a probe of that time, number and RTT. */
  clockOffset(atMs: Millis, seq: number, rttMs: Millis): Millis {
    const { seed, firstMs, everyMs } = this.settings;
    const random = randomOf(seed, 4, seq);
    const index = Math.max(0, Math.floor((atMs - firstMs) / everyMs));
    const { stopMs, resumeMs } = this.migration(index);
    const behindMs = this.standstillBefore(index) + Math.max(0, Math.min(atMs, resumeMs) - stopMs);
    const errorMs = (random() - 0.5) * CLOCK.resolutionMs + (random() - 0.5) * CLOCK.asymmetry * rttMs;
    return CLOCK.aheadMs - behindMs + errorMs;
  }

  /** When frame `number`, from 0, announces migration `index`; undefined if there are not so many. */
  announcement(index: number, number: number): Millis | undefined {
    if (number >= this.settings.announcements) return undefined;
    return this.migration(index).resumeMs + ANNOUNCED_EVERY * number ** 2;
  }

  /** Its hardware address, one of QEMU's. */
  get mac(): string {
    const random = randomOf(this.settings.seed, 5, 0);
    const byte = () =>
      Math.floor(random() * 256)
        .toString(16)
        .padStart(2, '0');
    return ['52', '54', '00', byte(), byte(), byte()].join(':');
  }

  /** Migration `index`, from 0: the truth for scoring a detector. */
  migration(index: number): SimMigration {
    const { seed, blackoutMs, firstMs, everyMs } = this.settings;
    const random = randomOf(seed, 2, index);
    const preCopyMs = firstMs + index * everyMs;
    const stopMs = preCopyMs + PRE_COPY.least + random() * PRE_COPY.spread;
    return { preCopyMs, stopMs, resumeMs: stopMs + blackoutMs * (0.9 + random() * 0.2) };
  }

  private standstillBefore(index: number): Millis {
    const { stoodStill } = this;
    while (stoodStill.length <= index) {
      const { stopMs, resumeMs } = this.migration(stoodStill.length - 1);
      stoodStill.push(stoodStill.at(-1)! + resumeMs - stopMs);
    }
    return stoodStill[index]!;
  }

  /** The RTT level after migration `index` as a multiple of the level at the start. */
  private level(index: number): number {
    return index < 0 ? 1 : 1 + (randomOf(this.settings.seed, 3, index)() * 2 - 1) * LEVEL;
  }
}

function recovery(sinceResumeMs: Millis, random: Random): Millis {
  if (sinceResumeMs < 0 || sinceResumeMs > RECOVERY.lastsMs) return 0;
  return (RECOVERY.least + random() * RECOVERY.spread) * Math.exp(-sinceResumeMs / RECOVERY.fadeMs);
}

/** A separate random stream for each purpose and index. */
function randomOf(seed: number, purpose: number, index: number): Random {
  return seeded(
    Math.imul(seed, 0x9e3779b1) ^ Math.imul(purpose, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35),
  );
}
