/** What the thread finds, packed into numbers, so that a batch of them crosses to the main thread without being copied. */
import {
  type AnnounceVia,
  CLOCK_VIAS,
  type Outcome,
  type Sample,
  type Stamp,
  type TargetId,
} from '../../src/core/sample.js';

/** A viewer lives in the main thread. */
type Found = Exclude<Outcome, { kind: 'playback' }>;

const KINDS: readonly Found['kind'][] = [
  'reply',
  'overdue',
  'lost',
  'unsent',
  'duplicate',
  'foreign',
  'clock',
  'announce',
];
/** The probers whose samples cross. */
const PROBES = ['icmp', 'clock', 'announce'];
const FRAMES: readonly AnnounceVia[] = ['arp', 'rarp', 'advertisement'];
const STAMPS: readonly Stamp[] = ['kernel', 'kernel-rx', 'user'];
/** at, knownAt, target, seq, lag, probe, kind, and by kind: duration, TTL, stamp, late. NaN for what is not there. */
const COLUMNS = 11;
const NONE = Number.NaN;

export interface Batch {
  rows: Float64Array<ArrayBuffer>;
  /** By row: the rare addresses and reasons. */
  texts: Map<number, string>;
}

export function pack(samples: readonly Sample[], indexOf: ReadonlyMap<TargetId, number>): Batch {
  const rows = new Float64Array(samples.length * COLUMNS);
  const texts = new Map<number, string>();
  samples.forEach(({ at, knownAt, target, probe, seq, lagMs = NONE, outcome }, row) => {
    const found = outcome as Found;
    const [values, text] = fields(found);
    rows.set(
      [
        ...[at, knownAt, indexOf.get(target)!, seq, lagMs],
        ...[PROBES.indexOf(probe), KINDS.indexOf(found.kind), ...values],
      ],
      row * COLUMNS,
    );
    if (text !== undefined) texts.set(row, text);
  });
  return { rows, texts };
}

/** What is of a target that was removed meanwhile is left out. */
export function unpack({ rows, texts }: Batch, targets: readonly (TargetId | undefined)[]): Sample[] {
  const samples: Sample[] = [];
  for (let row = 0; row < rows.length / COLUMNS; row++) {
    const at = row * COLUMNS;
    const target = targets[rows[at + 2]!];
    if (target === undefined) continue;
    const lagMs = rows[at + 4]!;
    samples.push({
      at: rows[at]!,
      knownAt: rows[at + 1]!,
      target,
      probe: PROBES[rows[at + 5]!]!,
      seq: rows[at + 3]!,
      outcome: outcome(rows, at + 6, texts.get(row)),
      ...(Number.isNaN(lagMs) ? {} : { lagMs }),
    });
  }
  return samples;
}

function fields(outcome: Found): [values: number[], text?: string] {
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
    case 'clock':
      return [[outcome.rttMs, outcome.offsetMs, CLOCK_VIAS.indexOf(outcome.via), outcome.errorMs ?? NONE]];
    case 'announce':
      return [[FRAMES.indexOf(outcome.via), outcome.gratuitous ? 1 : 0], outcome.mac];
  }
}

function outcome(rows: Float64Array, at: number, text: string | undefined): Found {
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
    case 'clock': {
      const [offsetMs, via, errorMs] = [rows[at + 2]!, CLOCK_VIAS[rows[at + 3]!]!, rows[at + 4]!];
      return { kind, offsetMs, rttMs: value, via, ...(Number.isNaN(errorMs) ? {} : { errorMs }) };
    }
    case 'announce':
      return { kind, via: FRAMES[value]!, mac: text!, gratuitous: rows[at + 2] === 1 };
  }
}
