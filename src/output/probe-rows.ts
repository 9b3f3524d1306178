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
  rttMs?: Millis;
  ttl?: number;
  stamp?: string;
  reason?: string;
  from?: string;
  lagMs?: Millis;
  /** Further replies to it. */
  duplicates: number;
}

/** A reply may come so long after the timeout, as in a live session. */
const GRACE_MS: Millis = 10_000;
/** Samples between two looks for probes that are final. */
const STRIDE = 1024;
/** An outcome replaces those that stand for less. */
const RANK = { foreign: 0, overdue: 1, unsent: 2, lost: 3, late: 4, reply: 5 } as const;

/**
 * Joins the outcomes of each echo request, of which one may be overdue, lost, and answered late in turn. Holds the probes of
 * the last seconds only.
 */
export class ProbeRows {
  private readonly streams = new Map<string, Map<number, ProbeRow>>();
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
    const rows = getOrMake(this.streams, JSON.stringify([target, probe]), () => new Map<number, ProbeRow>());
    const row = rows.get(seq);
    if (outcome.kind === 'duplicate') {
      if (row) row.duplicates++;
      return;
    }
    const kind = finalKind(outcome);
    if (row && RANK[row.outcome] >= RANK[kind]) return;
    const identity = { at, target, probe, seq, outcome: kind, knownAt };
    rows.set(seq, {
      ...identity,
      ...fieldsOf(outcome),
      ...(lagMs !== undefined && { lagMs }),
      duplicates: row?.duplicates ?? 0,
    });
  }

  private until(at: Millis): ProbeRow[] {
    const due: ProbeRow[] = [];
    for (const rows of this.streams.values())
      for (const [seq, row] of rows)
        if (row.at <= at) {
          due.push(row);
          rows.delete(seq);
        }
    return due.sort((a, b) => a.at - b.at);
  }
}

function finalKind(outcome: Outcome): ProbeRow['outcome'] {
  if (outcome.kind === 'reply') return outcome.late ? 'late' : 'reply';
  return outcome.kind as ProbeRow['outcome'];
}

/** The outcome's own fields of a row. */
function fieldsOf(outcome: Outcome): Partial<ProbeRow> {
  switch (outcome.kind) {
    case 'reply': {
      const { rttMs, ttl, stamp } = outcome;
      return { rttMs, ...(ttl !== undefined && { ttl }), ...(stamp !== undefined && { stamp }) };
    }
    case 'lost': {
      const { reason, from } = outcome;
      return { reason, ...(from !== undefined && { from }) };
    }
    case 'unsent':
      return { reason: outcome.reason };
    case 'foreign':
      return { from: outcome.from };
    default:
      return {};
  }
}
