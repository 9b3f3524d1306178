import type { Millis } from '../../core/sample.js';
import { Jitter } from '../../core/statistics/jitter.js';
import { Buckets, bucketed } from './buckets.js';
import { type ProbeReader, ProbeStatus } from './ring.js';
import type { Slots } from './slots.js';

/** Reads a target's history. */
export interface HistoryReader {
  /** The width of a slot; 0 where single probes are kept. */
  stepMs: Millis;
  /** [from, to) in so many equal parts. */
  buckets(from: Millis, to: Millis, count: number): Buckets;
  counts(from: Millis, to: Millis): ProbeCounts;
}

/** The probes of a stretch of time whose status is known. */
export interface ProbeCounts {
  sent: number;
  lost: number;
  /** NaN where none was answered. */
  minMs: Millis;
  maxMs: Millis;
  /** Every RTT, newest first, where single probes are kept. */
  rtts?: Millis[];
  /** Mean difference of neighbouring RTTs, where single probes are kept. */
  jitterMs?: Millis | undefined;
}

/** The history where single probes are kept. */
export function rangeOfProbes(probes: ProbeReader): HistoryReader {
  return {
    stepMs: 0,
    buckets: (from, to, count) => bucketed(probes, from, to, count),
    counts: (from, to) => {
      const rtts: Millis[] = [];
      const counts: ProbeCounts = { ...NOTHING, rtts };
      const jitter = new Jitter();
      probes.since(from, (at, status, rttMs) => {
        if (at >= to || status === ProbeStatus.overdue) return;
        counts.sent++;
        if (status === ProbeStatus.lost) counts.lost++;
        if (status !== ProbeStatus.reply) return jitter.interrupt();
        jitter.add(rttMs);
        widen(counts, rttMs, rttMs);
        rtts.push(rttMs);
      });
      counts.jitterMs = jitter.value;
      return counts;
    },
  };
}

/** The history in slots. A slot wider than a bucket fills every bucket whose middle it covers. */
export function rangeOfSlots(slots: Slots): HistoryReader {
  return {
    stepMs: slots.slotMs,
    buckets: (from, to, count) => {
      const buckets = new Buckets(count);
      slots.between(from, to, (page, slot, at) => {
        if (page.sent[slot] === 0) return;
        const [first, last] = covered(at, slots.slotMs, { from, to, count });
        for (let bucket = first; bucket <= last; bucket++) {
          if (page.lost[slot]! > 0) buckets.status[bucket] = ProbeStatus.lost;
          else buckets.status[bucket] ||= ProbeStatus.reply;
          if (page.hasAnswer(slot)) buckets.widen(bucket, page.min[slot]!, page.max[slot]!);
        }
      });
      return buckets;
    },
    counts: (from, to) => {
      const counts: ProbeCounts = { ...NOTHING };
      slots.between(from, to, (page, slot) => {
        counts.sent += page.sent[slot]!;
        counts.lost += page.lost[slot]!;
        if (page.hasAnswer(slot)) widen(counts, page.min[slot]!, page.max[slot]!);
      });
      return counts;
    },
  };
}

/** First and last bucket whose middle lies in a stretch of time, or the one in which a narrow stretch begins. */
export function covered(
  at: Millis,
  length: Millis,
  { from, to, count }: { from: Millis; to: Millis; count: number },
): [first: number, last: number] {
  const place = (moment: Millis) => ((moment - from) / (to - from)) * count;
  const [first, after] = [Math.ceil(place(at) - 0.5), Math.ceil(place(at + length) - 0.5)];
  const clamped = (bucket: number) => Math.max(0, Math.min(count - 1, bucket));
  const alone = clamped(Math.floor(place(at)));
  return after > first ? [clamped(first), clamped(after - 1)] : [alone, alone];
}

const NOTHING: ProbeCounts = { sent: 0, lost: 0, minMs: NaN, maxMs: NaN };

function widen(counts: ProbeCounts, min: Millis, max: Millis): void {
  if (!(counts.minMs <= min)) counts.minMs = min;
  if (!(counts.maxMs >= max)) counts.maxMs = max;
}
