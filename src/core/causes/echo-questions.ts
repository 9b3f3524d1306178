import {
  type Features,
  isPause,
  isScattered,
  lostNothing,
  MAX_BLACKOUT_MS,
  MIN_BOOT_MS,
} from '../judge/features.js';
import type { Observation, Question } from './question.js';
import { msWords } from './words.js';

/** A busy host holds up two or three echoes at a time; a pause lasts longer. */
const MANY_QUEUED = 5;
/** The recovery from a short blackout is over by then. */
const BRIEF_MS = 1000;
/** Few machines boot faster. */
const USUAL_BOOT_MS = 3000;

const shape: Question = {
  asks: 'What became of the echoes?',
  witness: 'echo',
  findings: [
    {
      id: 'queued-and-answered-together',
      weights: {
        ...{ pause: 6, migration: -10, outage: -8, failover: -8, congestion: -1, ghost: -10, takeover: -15 },
        ...{ reboot: -15, 'clock-set': -10, 'path-change': -10 },
      },
      holds: found => isPause(found) && found.sawtoothFits && found.sawtooth!.queued >= MANY_QUEUED,
    },
    {
      id: 'few-queued-and-answered-together',
      weights: {
        ...{ pause: 3, migration: -8, outage: -8, failover: -8, congestion: 2, ghost: -8, takeover: -8 },
        ...{ reboot: -15, 'clock-set': -8, 'path-change': -8 },
      },
      holds: found => isPause(found) && found.sawtoothFits,
    },
    {
      id: 'nothing-lost-in-the-standstill',
      weights: {
        ...{ pause: 8, migration: -6, outage: -15, failover: -10, reboot: -20, takeover: -10, ghost: -8 },
        ...{ 'clock-set': -4, 'path-change': -10, congestion: -2 },
      },
      holds: lostNothing,
    },
    {
      id: 'scattered-losses',
      weights: {
        ...{ congestion: 5, migration: -8, outage: -5, failover: -6, takeover: -6, reboot: -8, pause: -12 },
        ...{ ghost: -8, 'clock-set': -10, 'path-change': -4 },
      },
      holds: isScattered,
    },
    {
      id: 'gap-among-slow-replies',
      weights: {
        ...{ migration: -4, outage: -5, failover: -4, takeover: -6, reboot: -4, congestion: -2, pause: -12 },
        ...{ ghost: -10, 'clock-set': -12, 'path-change': -8 },
      },
      holds: ({ gap, sharp }) => gap !== undefined && !sharp,
    },
    {
      id: 'clean-gap',
      weights: { pause: -12, congestion: -8, ghost: -12, 'clock-set': -12, 'path-change': -12, takeover: -3 },
      holds: ({ gap }) => gap !== undefined,
    },
    {
      id: 'one-lost',
      weights: {
        ...{
          congestion: 4,
          migration: -1,
          outage: -6,
          failover: -4,
          pause: -10,
          reboot: -20,
          takeover: -2,
          ghost: -3,
        },
        ...{ 'clock-set': -8, 'path-change': -5 },
      },
      holds: ({ missing }) => missing > 0,
    },
    {
      id: 'unusual-round-trips',
      weights: {
        ...{ congestion: 6, 'path-change': 2, migration: -6, pause: -6, ghost: -4, 'clock-set': -6 },
        ...{ takeover: -6, failover: -6, outage: -15, reboot: -20 },
      },
      holds: ({ slow, echoAlarm }) => slow > 0 || echoAlarm,
    },
    {
      id: 'echoes-as-usual',
      weights: {
        ...{ congestion: -15, 'path-change': -12, migration: -2, pause: -2, outage: -20 },
        ...{ reboot: -30 },
      },
      holds: () => true,
    },
  ],
  describe: found => [...gapWords(found), ...slowWords(found)],
};

/** After a single loss in a longer disturbance, a slow reply is one of many. */
function isLateAfterGap({ firstReply, gap, lengthMs }: Features): boolean {
  return firstReply === 'late' && (gap !== undefined || lengthMs < BRIEF_MS);
}

const firstReply: Question = {
  asks: 'How was the first echo after the gap answered?',
  witness: 'echo',
  findings: [
    {
      id: 'first-reply-late',
      weights: { migration: 3, outage: -5, failover: -5, takeover: -2, 'clock-set': -2 },
      holds: isLateAfterGap,
    },
    {
      id: 'first-reply-prompt',
      weights: { migration: -5, pause: -6, failover: -1, congestion: -1, reboot: -1 },
      holds: ({ firstReply }) => firstReply === 'prompt',
    },
  ],
  describe: ({ firstReply }) =>
    firstReply
      ? [{ summary: firstReply === 'late' ? 'first reply late, as after a move' : 'first reply as usual' }]
      : [],
};

const length: Question = {
  asks: 'How long did the target not answer?',
  witness: 'echo',
  findings: [
    {
      id: 'longer-than-a-blackout',
      weights: { migration: -10, pause: -5, failover: -4, congestion: -10, reboot: 5, outage: 6 },
      holds: ({ gap, gapMs, freezeMs }) => gap !== undefined && (freezeMs ?? gapMs) > MAX_BLACKOUT_MS,
    },
    {
      id: 'longer-than-a-boot',
      weights: { pause: -2, congestion: -6 },
      holds: ({ gap, gapMs }) => gap !== undefined && gapMs > USUAL_BOOT_MS,
    },
    {
      id: 'as-long-as-the-fastest-boot',
      weights: { pause: -2, reboot: -6, congestion: -3 },
      holds: ({ gap, gapMs }) => gap !== undefined && gapMs > MIN_BOOT_MS,
    },
    { id: 'shorter-than-a-boot', weights: { reboot: -25 }, holds: ({ gap }) => gap !== undefined },
  ],
  describe: () => [],
};

const others: Question = {
  asks: 'Were other targets hit as well?',
  witness: 'echo',
  findings: [
    {
      id: 'all-targets-at-once',
      weights: {
        ...{ outage: 14, congestion: 8, local: 4, migration: -12, reboot: -6, failover: -4, pause: -6 },
        ...{ 'clock-set': -5, takeover: -6 },
      },
      holds: ({ others, othersDisturbed }) => others >= 2 && othersDisturbed === others,
    },
    {
      id: 'the-only-other-target-too',
      weights: { outage: 3, congestion: 3, migration: -3, pause: -4 },
      holds: ({ others, othersDisturbed }) => others === 1 && othersDisturbed === 1,
    },
    {
      id: 'other-targets-fine',
      weights: { local: -8 },
      holds: ({ others, othersDisturbed }) => others > 0 && othersDisturbed === 0,
    },
  ],
  describe: ({ others, othersDisturbed }) =>
    othersDisturbed > 0
      ? [
          {
            summary: `${othersDisturbed} of ${others} other targets compared were disturbed at once`,
            value: othersDisturbed,
          },
        ]
      : [],
};

const level: Question = {
  asks: 'Did the round trips stay at their level?',
  witness: 'echo',
  findings: [
    {
      id: 'moved-with-the-clock',
      weights: { takeover: 12, ghost: 3, 'path-change': 6, 'clock-set': -6, congestion: -4, pause: -3 },
      holds: ({ otherPace, freezeMs }) => otherPace !== undefined && freezeMs === undefined,
    },
    {
      id: 'level-moved',
      weights: {
        'path-change': 16,
        takeover: 8,
        migration: 1,
        congestion: -12,
        outage: -2,
        pause: -6,
        'clock-set': -6,
      },
      holds: ({ level }) => level !== undefined,
    },
  ],
  describe: ({ level, otherPace, freezeMs }) => {
    const moved = level ?? (freezeMs === undefined ? otherPace : undefined);
    if (!moved) return [];
    return [{ summary: `round trips moved: ${levelWords(moved)}`, value: moved.toMs, unit: 'ms' }];
  },
};

const hops: Question = {
  asks: 'Did the TTL stay?',
  witness: 'echo',
  findings: [
    {
      id: 'ttl-changed',
      weights: { 'path-change': 8, takeover: 6, migration: 3, failover: 2, congestion: -3, pause: -6 },
      holds: ({ ttl }) => ttl !== undefined,
    },
  ],
  describe: ({ ttl }) => (ttl ? [{ summary: `TTL ${ttl.from} before, ${ttl.to} since`, value: ttl.to }] : []),
};

const voices: Question = {
  asks: 'Did more than one machine answer a probe?',
  witness: 'echo',
  findings: [
    {
      id: 'answered-twice',
      weights: { ghost: 14, takeover: 7, migration: -3, pause: -6, 'clock-set': -10 },
      holds: ({ duplicates }) => duplicates > 0,
    },
  ],
  describe: ({ duplicates }) =>
    duplicates > 0 ? [{ summary: `${duplicates} probes answered twice`, value: duplicates }] : [],
};

export const ECHO_QUESTIONS: readonly Question[] = [others, shape, firstReply, length, level, hops, voices];

/** Both levels in words: `8.1 → 14.2 ms`. */
export function levelWords({ fromMs, toMs }: { fromMs: number; toMs: number }): string {
  return `${short(fromMs)} → ${short(toMs)} ms`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2 + (value >= 10 ? 1 : 0))));
}

function gapWords(found: Features): Observation[] {
  const { gap, gapEnded, gapMs, stray } = found;
  const inner = gap ? gap.last.at - gap.first.at : 0;
  const words = gapEnded ? `gap ${inner.toFixed(0)}–${msWords(gapMs)}` : `${msWords(gapMs)} so far`;
  return [
    ...(gap
      ? [{ summary: `${gap.missing} echoes in a row unanswered, ${words}`, value: gapMs, unit: 'ms' }]
      : []),
    ...(stray > 0
      ? [{ summary: `${stray} scattered ${stray === 1 ? 'loss' : 'losses'}`, value: stray }]
      : []),
  ];
}

function slowWords({ sawtooth, slow }: Features): Observation[] {
  if (sawtooth) {
    const firstMs = sawtooth.first.rttMs!;
    const words = `${sawtooth.queued} echoes answered together, the first after ${msWords(firstMs)}`;
    return [{ summary: words, value: firstMs, unit: 'ms' }];
  }
  return slow > 0 ? [{ summary: `${slow} slow ${slow === 1 ? 'reply' : 'replies'}`, value: slow }] : [];
}
