/** Packs samples into numbers, so that a batch of them moves to the main thread without being copied. */
import { type Field, type FieldType, fieldsOf, OUTCOME_KINDS } from '../../src/core/outcomes.js';
import type { Outcome, Sample, TargetId } from '../../src/core/sample.js';

export interface Batch {
  /** One row a sample: at, knownAt, target, seq, lagMs, probe, kind, and the fields of the kind. NaN if absent. */
  rows: Float64Array<ArrayBuffer>;
  /** By cell of the rows: addresses and reasons. They are rare. */
  texts: Map<number, string>;
}

type Value = string | number | boolean;

/** How the values of one field are held in cells. */
interface FieldCodec {
  name: string;
  pack(value: Value, cell: number, texts: Batch['texts']): number;
  unpack(packed: number, cell: number, texts: Batch['texts']): Value;
}

const CODECS: Record<FieldType, (examples: readonly unknown[]) => Omit<FieldCodec, 'name'>> = {
  number: () => ({ pack: value => value as number, unpack: packed => packed }),
  truth: () => ({ pack: Number, unpack: packed => packed === 1 }),
  choice: choices => ({
    pack: value => choices.indexOf(value),
    unpack: packed => choices[packed] as Value,
  }),
  text: () => ({
    pack: (value, cell, texts) => {
      texts.set(cell, value as string);
      return 0;
    },
    unpack: (_, cell, texts) => texts.get(cell)!,
  }),
};

/** By kind, in the order of the table of outcomes. */
const FIELDS: readonly (readonly FieldCodec[])[] = OUTCOME_KINDS.map(kind =>
  Object.entries(fieldsOf(kind)).map(([name, field]) => codecOf(name, field)),
);
const KIND_NUMBERS = new Map(OUTCOME_KINDS.map((kind, number) => [kind, number]));
/** The probers that run in a probing thread. */
const PROBES = ['icmp', 'clock', 'announce'];
const COMMON_COLUMNS = 7;
const COLUMNS = COMMON_COLUMNS + Math.max(...FIELDS.map(({ length }) => length));

function codecOf(name: string, { type, examples }: Field<unknown>): FieldCodec {
  return { name, ...CODECS[type](examples) };
}

/** `indexOf` gives each target its number. */
export function pack(samples: readonly Sample[], indexOf: ReadonlyMap<TargetId, number>): Batch {
  const rows = new Float64Array(samples.length * COLUMNS);
  const texts: Batch['texts'] = new Map();
  let start = 0;
  for (const { at, knownAt, target, probe, seq, lagMs, outcome } of samples) {
    const kind = KIND_NUMBERS.get(outcome.kind)!;
    rows[start] = at;
    rows[start + 1] = knownAt;
    rows[start + 2] = indexOf.get(target)!;
    rows[start + 3] = seq;
    rows[start + 4] = lagMs ?? Number.NaN;
    rows[start + 5] = PROBES.indexOf(probe);
    rows[start + 6] = kind;
    let cell = start + COMMON_COLUMNS;
    for (const field of FIELDS[kind]!) {
      const value = outcome[field.name as keyof Outcome] as Value | undefined;
      rows[cell] = value === undefined ? Number.NaN : field.pack(value, cell, texts);
      cell++;
    }
    start += COLUMNS;
  }
  return { rows, texts };
}

/** The samples of a batch, without those of targets that were removed meanwhile. */
export function unpack({ rows, texts }: Batch, targets: readonly (TargetId | undefined)[]): Sample[] {
  const samples: Sample[] = [];
  for (let start = 0; start < rows.length; start += COLUMNS) {
    const target = targets[rows[start + 2]!];
    if (target === undefined) continue;
    const lagMs = rows[start + 4]!;
    const sample: Sample = {
      at: rows[start]!,
      knownAt: rows[start + 1]!,
      target,
      probe: PROBES[rows[start + 5]!]!,
      seq: rows[start + 3]!,
      outcome: outcomeOf(rows[start + 6]!, start + COMMON_COLUMNS, rows, texts),
    };
    // Spreading an empty object would take a third of the time.
    if (!Number.isNaN(lagMs)) sample.lagMs = lagMs;
    samples.push(sample);
  }
  return samples;
}

function outcomeOf(kind: number, first: number, rows: Batch['rows'], texts: Batch['texts']): Outcome {
  const outcome: Record<string, Value> = { kind: OUTCOME_KINDS[kind]! };
  let cell = first;
  for (const field of FIELDS[kind]!) {
    const packed = rows[cell]!;
    if (!Number.isNaN(packed)) outcome[field.name] = field.unpack(packed, cell, texts);
    cell++;
  }
  return outcome as unknown as Outcome;
}
