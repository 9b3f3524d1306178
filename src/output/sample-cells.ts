import { utc } from '../core/format/utc.js';
import { fieldsOf, OUTCOME_KINDS, type OutcomeKind } from '../core/outcomes.js';
import type { Sample } from '../core/sample.js';
import { CsvCells } from './csv.js';

/** The fields of some kinds of outcome, each once. A late reply is a kind of its own on a line. */
const columnsOf = (kinds: readonly OutcomeKind[]) => [
  ...new Set(kinds.flatMap(kind => Object.keys(fieldsOf(kind))).filter(name => name !== 'late')),
];
const ofPlayback = columnsOf(['playback']);
const ofHypervisors = columnsOf(['domain', 'job']);
const ofFlows = columnsOf(['flow']);
const LATER_KINDS: readonly OutcomeKind[] = ['playback', 'domain', 'job', 'flow'];
const ofProbes = columnsOf(OUTCOME_KINDS.filter(kind => !LATER_KINDS.includes(kind)));
/** Relied on by others: new ones are added at the end. */
const addedTo = (before: readonly string[], names: readonly string[]) => [
  ...before,
  ...names.filter(name => ![...before, ...ofProbes, ...ofPlayback].includes(name)),
];
const ADDED = addedTo(addedTo(['errorMs'], ofHypervisors), ofFlows);
const FIRST = ['at', 'knownAt', 'target', 'probe', 'seq', 'kind'];
const FIELDS = [...[...ofProbes, 'lagMs', ...ofPlayback].filter(name => !ADDED.includes(name)), ...ADDED];

/** The fields of the headless lines; empty if a kind lacks one. */
export const SAMPLE_COLUMNS: readonly string[] = [...FIRST, ...FIELDS];

/** The fields of a kind, each with the commas before its cell, and those after the last. */
interface Layout {
  fields: readonly { name: string; commas: string }[];
  rest: string;
}

const layouts = new Map<string, Layout>(
  OUTCOME_KINDS.map((kind): [string, Layout] => [kind, layoutOf([...Object.keys(fieldsOf(kind)), 'lagMs'])]),
);
const UNKNOWN = layoutOf(FIELDS);

function layoutOf(names: readonly string[]): Layout {
  const fields: { name: string; commas: string }[] = [];
  let commas = '';
  for (const name of FIELDS) {
    commas += ',';
    if (!names.includes(name)) continue;
    fields.push({ name, commas });
    commas = '';
  }
  return { fields, rest: commas };
}

/** The rows of samples: a field is looked up only if the kind of outcome has it, since a day is millions of rows. */
export class SampleCells {
  private readonly cells = new CsvCells();

  line({ at, knownAt, target, probe, seq, outcome, lagMs }: Sample): string {
    const { cells } = this;
    const kind = outcome.kind === 'reply' && outcome.late ? 'late' : outcome.kind;
    const values = outcome as unknown as Record<string, unknown>;
    const { fields, rest } = layouts.get(outcome.kind) ?? UNKNOWN;
    let text = `${utc(at)},${utc(knownAt)},${cells.of(target)},${cells.of(probe)},${seq},${cells.of(kind)}`;
    for (const { name, commas } of fields) text += commas + cells.of(name === 'lagMs' ? lagMs : values[name]);
    return `${text}${rest}\r\n`;
  }
}
