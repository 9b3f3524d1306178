/**
 * Cuts the golden recordings out of a folder that wild.js made: `golden.js FOLDER [--into recordings/causes]`. Of each cause it
 * takes the first happening that the judge names rightly and without a false red, with the seconds before and after, and
 * only the targets that it happened to. So the golden recordings say what must stay right; how often the judge is right
 * is in the score of the whole folder.
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Millis, Sample } from '../../src/core/sample.js';
import { spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { encodeHeader, encodeRow } from '../../src/recording/format.js';
import { isSample, RecordingReader, readThrough } from '../../src/recording/reader.js';
import type { Header } from '../../src/recording/rows.js';
import { SampleEncoder } from '../../src/recording/sample-rows.js';
import { complaintsAbout } from '../support/complaints.js';

/** The detectors learn for ten seconds. */
const BEFORE_MS: Millis = 14_000;
/** A path that changed is confirmed after five seconds, and a clock that is read rarely after three. */
const AFTER_MS: Millis = 4000;
/** A golden recording is not longer, in bytes. */
const MAX_SIZE = 130_000;
/** What happens so soon afterwards belongs to it: a clock that is corrected, another move. */
const TOGETHER_MS: Millis = 2500;
/** A copy is a ghost by the move that left it. */
const FOLLOWS: readonly string[] = ['ghost'];

interface Recorded {
  header: Header;
  samples: Sample[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { into: { type: 'string', default: 'recordings/causes' } },
});
const [folder] = positionals;
if (!folder) {
  console.error('usage: golden.js FOLDER [--into FOLDER]');
  process.exit(2);
}
mkdirSync(values.into, { recursive: true });
const done = new Set<string>();
for (const file of readdirSync(folder).sort()) {
  const name = file.replace(/(-\d+)+\.truth\.json$/, '');
  if (!file.endsWith('.truth.json') || done.has(name)) continue;
  if (await cut(name, join(folder, file.replace('.truth.json', '')))) done.add(name);
  else console.error(`${basename(file)}: nothing that is judged rightly`);
}

/** Writes the golden recording of a cause. Returns whether one of its happenings is judged rightly. */
async function cut(name: string, from: string): Promise<boolean> {
  const recorded = await read(`${from}.jsonl`);
  const path = join(values.into, name);
  const truth = readTruth(`${from}.truth.json`);
  for (const items of happenings(truth)) {
    write(path, recorded, truth, items);
    if (statSync(`${path}.jsonl`).size > MAX_SIZE) continue;
    if ((await complaintsAbout(path)).length === 0) return true;
  }
  for (const end of ['.jsonl', '.truth.json']) rmSync(`${path}${end}`, { force: true });
  return false;
}

async function read(path: string): Promise<Recorded> {
  const reader = RecordingReader.open(path);
  const samples: Sample[] = [];
  try {
    await readThrough(reader, entry => {
      if (isSample(entry)) samples.push(entry);
    });
    return { header: reader.header, samples };
  } finally {
    reader.close();
  }
}

/** Labels that belong together: one happening each. */
function happenings(truth: readonly TruthItem[]): TruthItem[][] {
  const groups: TruthItem[][] = [];
  for (const item of truth) {
    const last = groups.at(-1)?.at(-1);
    const isSoon = last !== undefined && spanOf(item).from - spanOf(last).to < TOGETHER_MS;
    if (last && (isSoon || FOLLOWS.includes(item.type))) groups.at(-1)!.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** The targets that it happened to; those that a change of the path left alone show that it was not this machine. */
function targetsOf(items: readonly TruthItem[], { targets }: Header): Set<string> {
  const all = targets.map(({ target }) => target);
  if (items.some(({ type }) => type === 'path-change')) return new Set(all);
  return new Set(items.map(({ target }) => (target === '*' ? all[0]! : target)));
}

/** When the hardware address of a target was last seen: who takes it over is another one. */
function lastFrameBefore(
  moment: Millis,
  samples: readonly Sample[],
  targets: ReadonlySet<string>,
): Millis | undefined {
  const isSeen = ({ at, target, outcome }: Sample) =>
    at < moment && targets.has(target) && outcome.kind === 'announce';
  return samples.findLast(isSeen)?.at;
}

/** With the labels of whatever else happened meanwhile. */
function write(
  path: string,
  { header, samples }: Recorded,
  truth: readonly TruthItem[],
  items: readonly TruthItem[],
): void {
  const learnt = Math.min(...items.map(item => spanOf(item).from)) - BEFORE_MS;
  const to = Math.max(...items.map(item => spanOf(item).to)) + AFTER_MS;
  const hit = targetsOf(items, header);
  const from = lastFrameBefore(learnt, samples, hit) ?? learnt;
  const kept = samples.filter(
    ({ at, target }) => hit.has(target) && (at >= learnt || at === from) && at < to,
  );
  const encoder = new SampleEncoder();
  const targets = header.targets.filter(({ target }) => hit.has(target));
  const rows = kept.map(sample => encoder.encode(sample)).join('');
  const end = encodeRow({ type: 'end', data: { at: to, samples: kept.length } });
  writeFileSync(
    `${path}.jsonl`,
    `${encodeHeader({ ...header, startedAt: from, targets })}${rows}${encoder.end()}${end}`,
  );
  const labels = truth
    .filter(item => spanOf(item).to >= learnt && spanOf(item).from <= to)
    .flatMap(item => (item.target === '*' ? [...hit].map(target => ({ ...item, target })) : item))
    .filter(({ target }) => hit.has(target));
  const labelled = { scenario: basename(path), truth: labels };
  writeFileSync(`${path}.truth.json`, `${JSON.stringify(labelled, null, 1)}\n`);
}
