import { getOrMake } from '../core/get-or-make.js';
import { OUTCOMES, type Outcome } from '../core/outcomes.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';

/** The final outcome of an echo request. */
export interface ProbeRow {
  at: Millis;
  target: TargetId;
  probe: string;
  seq: number;
  /** `late` is a reply after the timeout; `overdue` is unanswered when the recording ends. */
  outcome: 'reply' | 'late' | 'lost' | 'unsent' | 'overdue' | 'foreign';
  knownAt: Millis;
  rttMs: Millis | undefined;
  ttl: number | undefined;
  stamp: string | undefined;
  reason: string | undefined;
  from: string | undefined;
  lagMs: Millis | undefined;
  /** Further replies to it. */
  duplicates: number;
}

/** A reply may come so long after the timeout, as in a live session. */
const GRACE_MS: Millis = 10_000;
/** Samples between two looks for probes that are final. */
const STRIDE = 4096;
/** An outcome replaces those that stand for less. */
const RANK = { foreign: 0, overdue: 1, unsent: 2, lost: 3, late: 4, reply: 5 } as const;

/**
 * Joins the outcomes of each echo request, of which one may be overdue, lost, and answered late in turn. Holds the probes of
 * the last seconds only.
 */
export class ProbeRows {
  /** By target and prober, then by number; in the order in which something was first known of a probe. */
  private readonly streams = new Map<TargetId, Map<string, Map<number, ProbeRow>>>();
  private samples = 0;

  constructor(private readonly timeoutMs: Millis) {}

  /** The probes that are final by now, in the order of sending. */
  take(sample: Sample): ProbeRow[] {
    if (OUTCOMES[sample.outcome.kind]?.witness === 'echo') this.add(sample);
    this.samples++;
    return this.samples % STRIDE === 0 ? this.until(sample.knownAt - this.timeoutMs - GRACE_MS) : [];
  }

  /** The remaining probes. */
  end(): ProbeRow[] {
    return this.until(Infinity);
  }

  private add({ at, knownAt, target, probe, seq, outcome, lagMs }: Sample): void {
    const probers = getOrMake(this.streams, target, () => new Map<string, Map<number, ProbeRow>>());
    const rows = getOrMake(probers, probe, () => new Map<number, ProbeRow>());
    const row = rows.get(seq);
    if (outcome.kind === 'duplicate') {
      if (row) row.duplicates++;
      return;
    }
    const kind = finalKind(outcome);
    if (row && RANK[row.outcome] >= RANK[kind]) return;
    const { rttMs, ttl, stamp, reason, from } = outcome as Partial<ProbeRow>;
    const duplicates = row?.duplicates ?? 0;
    // Literally, with all fields: rows of one shape are read much faster.
    const fields = { rttMs, ttl, stamp, reason, from, lagMs };
    rows.set(seq, { at, target, probe, seq, outcome: kind, knownAt, duplicates, ...fields });
  }

  private until(at: Millis): ProbeRow[] {
    const due: ProbeRow[] = [];
    for (const probers of this.streams.values())
      for (const rows of probers.values())
        for (const row of rows.values()) {
          // Something is known of every probe by its timeout, so the rows behind this one were sent after `at` too.
          if (row.at > at + this.timeoutMs) break;
          if (row.at > at) continue;
          due.push(row);
          rows.delete(row.seq);
        }
    return due.sort((a, b) => a.at - b.at);
  }
}

function finalKind(outcome: Outcome): ProbeRow['outcome'] {
  if (outcome.kind === 'reply') return outcome.late ? 'late' : 'reply';
  return outcome.kind as ProbeRow['outcome'];
}
