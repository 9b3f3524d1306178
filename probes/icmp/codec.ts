/** Samples packed into numbers, so that a batch of them crosses to the main thread without being copied. */
import type { Outcome, Sample, Stamp, TargetId } from '../../src/core/sample.js';

const KINDS = [
  'reply',
  'overdue',
  'lost',
  'unsent',
  'duplicate',
  'foreign',
] as const satisfies Outcome['kind'][];
const STAMPS: readonly Stamp[] = ['kernel', 'kernel-rx', 'user'];
/** at, knownAt, target, seq, lag, kind, and by kind: duration, TTL, stamp, late. NaN for what is not there. */
const COLUMNS = 10;
const NONE = Number.NaN;

export interface Batch {
  rows: Float64Array<ArrayBuffer>;
  /** By row: the rare addresses and reasons. */
  texts: Map<number, string>;
}

export function pack(samples: readonly Sample[], indexOf: ReadonlyMap<TargetId, number>): Batch {
  const rows = new Float64Array(samples.length * COLUMNS);
  const texts = new Map<number, string>();
  samples.forEach(({ at, knownAt, target, seq, lagMs = NONE, outcome }, row) => {
    const [values, text] = fields(outcome);
    rows.set(
      [at, knownAt, indexOf.get(target)!, seq, lagMs, KINDS.indexOf(outcome.kind), ...values],
      row * COLUMNS,
    );
    if (text !== undefined) texts.set(row, text);
  });
  return { rows, texts };
}

export function unpack({ rows, texts }: Batch, targets: readonly TargetId[]): Sample[] {
  return Array.from({ length: rows.length / COLUMNS }, (_, row) => {
    const at = row * COLUMNS;
    const lagMs = rows[at + 4]!;
    return {
      at: rows[at]!,
      knownAt: rows[at + 1]!,
      target: targets[rows[at + 2]!]!,
      probe: 'icmp',
      seq: rows[at + 3]!,
      outcome: outcome(rows, at + 5, texts.get(row)),
      ...(Number.isNaN(lagMs) ? {} : { lagMs }),
    };
  });
}

function fields(outcome: Outcome): [values: number[], text?: string] {
  switch (outcome.kind) {
    case 'reply': {
      const { rttMs, ttl = NONE, stamp, late } = outcome;
      return [[rttMs, ttl, stamp ? STAMPS.indexOf(stamp) : NONE, late ? 1 : 0]];
    }
    case 'overdue':
      return [[outcome.waitedMs]];
    case 'duplicate':
      return [[outcome.rttMs]];
    case 'lost':
      return [[outcome.reason === 'timeout' ? 0 : 1], outcome.from];
    case 'unsent':
      return [[], outcome.reason];
    case 'foreign':
      return [[], outcome.from];
  }
}

function outcome(rows: Float64Array, at: number, text: string | undefined): Outcome {
  const kind = KINDS[rows[at]!]!;
  const value = rows[at + 1]!;
  switch (kind) {
    case 'reply': {
      const [ttl, stamp, late] = [rows[at + 2]!, STAMPS[rows[at + 3]!], rows[at + 4] === 1];
      return {
        kind,
        rttMs: value,
        ...(Number.isNaN(ttl) ? {} : { ttl }),
        ...(late ? { late } : {}),
        ...(stamp ? { stamp } : {}),
      };
    }
    case 'overdue':
      return { kind, waitedMs: value };
    case 'duplicate':
      return { kind, rttMs: value };
    case 'lost':
      return {
        kind,
        reason: value === 0 ? 'timeout' : 'unreachable',
        ...(text === undefined ? {} : { from: text }),
      };
    case 'unsent':
      return { kind, reason: text! };
    case 'foreign':
      return { kind, from: text! };
  }
}
