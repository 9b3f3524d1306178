import { printable } from '../format/text.js';
import type { Features } from '../judge/features.js';
import type { Question } from './question.js';

/** An announcement may arrive this long after a gap: the first is sent when the VM resumes. */
export const ANNOUNCED_WITHIN_MS = 300;
/** A series of announcements takes 0.8 s; those that are sent while the network is away are lost. */
export const SERIES_MS = 800;

/** The network was away for long enough after the standstill that all announcements may be lost. */
function mayBeLost({ gap, gapMs, freezeMs }: Features): boolean {
  return gap !== undefined && freezeMs !== undefined && gapMs - freezeMs > SERIES_MS;
}

/** An announcement would have been received by now. */
function isSilent(found: Features): boolean {
  if (!found.audible || mayBeLost(found)) return false;
  return found.gapEnded ? found.sinceGapMs >= ANNOUNCED_WITHIN_MS : found.freezeMs !== undefined;
}

const announced: Question = {
  asks: 'Was the target announced?',
  witness: 'announce',
  findings: [
    {
      id: 'announced-repeatedly',
      weights: {
        ...{ migration: 11, failover: 22, pause: -8, outage: -10, reboot: -8, takeover: -4, ghost: -4 },
        ...{ congestion: -10, 'clock-set': -12, 'path-change': -10, local: -10 },
      },
      holds: ({ announcements }) => announcements.moved > 1,
    },
    {
      id: 'announced-once',
      weights: {
        ...{ migration: 2, failover: 13, outage: -3, reboot: -3, takeover: 2, ghost: -2, congestion: -4 },
        ...{ pause: -3, 'clock-set': -4, 'path-change': -4, local: -6 },
      },
      holds: ({ announcements }) => announcements.moved === 1,
    },
    {
      id: 'announced-itself',
      weights: { migration: 2, failover: 8, reboot: 4, takeover: 4, outage: -2, pause: -4, congestion: -3 },
      holds: ({ announcements }) => announcements.gratuitous > 0,
    },
    {
      id: 'not-announced-after-a-long-gap',
      weights: { migration: -5, failover: -6, outage: 2, reboot: 2 },
      holds: found => isSilent(found) && found.freezeMs === undefined && found.gapMs > SERIES_MS,
    },
    {
      id: 'not-announced',
      weights: { migration: -8, failover: -6, pause: 2, outage: 4, reboot: 3 },
      holds: isSilent,
    },
  ],
  describe: ({ announcements: { moved, gratuitous }, audible, gapEnded }) => [
    ...(moved > 0 ? [{ summary: `${moved} RARP`, value: moved }] : []),
    ...(gratuitous > 0 ? [{ summary: `${gratuitous} gratuitous ARP`, value: gratuitous }] : []),
    ...(moved + gratuitous === 0 && audible && gapEnded ? [{ summary: 'nothing was announced' }] : []),
  ],
};

/** A hypervisor announces a VM that runs: answers follow. Who steals an address announces it first. */
const ANSWERS_WITHIN_MS = 150;

/** Announced before the gap or at its beginning, not again at its end, and the guest did not stand still. */
function isAnnouncedThenSilent({ announcements, gap, gapMs, freezeMs, spacingMs }: Features): boolean {
  const { movedAt } = announcements;
  if (!gap || !movedAt || freezeMs !== undefined) return false;
  const untilMs = gap.first.at + gapMs - Math.max(ANSWERS_WITHIN_MS, 2 * spacingMs);
  return movedAt.first <= gap.first.at && movedAt.last <= untilMs;
}

const effect: Question = {
  asks: 'Did the announcement have an effect?',
  witness: 'announce',
  findings: [
    {
      id: 'announced-without-effect',
      weights: { migration: -5, pause: -5, reboot: -5 },
      holds: ({ announcements, missing, freezeMs }) =>
        announcements.moved > 0 && missing === 0 && freezeMs === undefined,
    },
    {
      id: 'announced-then-silent',
      weights: { takeover: 10, migration: -10, failover: -10, reboot: -5, pause: -10 },
      holds: isAnnouncedThenSilent,
    },
  ],
  describe: () => [],
};

const address: Question = {
  asks: 'Which hardware address has the target?',
  witness: 'announce',
  findings: [
    {
      id: 'several-addresses',
      weights: {
        takeover: 32,
        ghost: 2,
        migration: -10,
        failover: -10,
        outage: -5,
        pause: -8,
        congestion: -8,
      },
      holds: ({ macs }) => macs?.several === true,
    },
    {
      id: 'another-address',
      weights: {
        takeover: 30,
        migration: -10,
        failover: -8,
        outage: -5,
        pause: -8,
        congestion: -8,
        ghost: -3,
      },
      holds: ({ macs }) => macs !== undefined,
    },
    {
      id: 'same-address',
      weights: { takeover: -8 },
      holds: ({ audible }) => audible,
    },
  ],
  describe: ({ macs }) =>
    macs ? [{ summary: `${printable(macs.from)} had the address, ${macWords(macs)}` }] : [],
};

export const SEGMENT_QUESTIONS: readonly Question[] = [announced, effect, address];

function macWords({ to, several }: { to: string; several: boolean }): string {
  return several ? `${printable(to)} claims it too` : `${printable(to)} has it now`;
}
