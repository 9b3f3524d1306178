/**
 * Compares the judge's confidence with what really happened: `confidence.js [--table] RECORDING…`, each with its
 * NAME.truth.json.
 *
 * Each recording is judged by all witnesses, by echo and clock, by echo and announcements, and by echo alone. Of the events given a confidence p,
 * about p should name their cause (reliability), and the Brier score is the mean of (p − right)²: 0 for an oracle, and
 * 0.25 for one that always says one half. What matches nothing that happened is wrong. An event that is `unclear` is right
 * if its best explanation is; one that waits for evidence or blames this machine explains nothing, and is not counted.
 * Nobody labels the hiccups of a busy machine: congestion beside all labels is listed, but not counted.
 *
 * `--table` prints the judge's weights.
 */
import { defaultChoices } from '../../detectors/index.js';
import { weightTable } from '../../src/core/causes/table.js';
import type { MigrationEvent } from '../../src/core/event.js';
import { textTable } from '../../src/core/format/table.js';
import { causeOf } from '../../src/core/judge/rules.js';
import type { Sample } from '../../src/core/sample.js';
import { type Answer, isRight as namesCause, spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { isSample, RecordingReader, readThrough } from '../../src/recording/reader.js';
import { SessionEngine } from '../../src/session/engine.js';

const WITNESSES: Record<string, (sample: Sample) => boolean> = {
  'all witnesses': () => true,
  'echo and clock': ({ outcome }) => outcome.kind !== 'announce',
  'echo and announcements': ({ outcome }) => outcome.kind !== 'clock',
  'echo alone': ({ outcome }) => outcome.kind !== 'announce' && outcome.kind !== 'clock',
};
const GRACE_MS = 1500;
const BINS = 5;

interface Guess {
  confidence: number;
  right: boolean;
}

async function eventsOf(path: string, reads: (sample: Sample) => boolean): Promise<MigrationEvent[]> {
  const reader = RecordingReader.open(path);
  const judging = new SessionEngine(defaultChoices(), 0);
  const last = new Map<string, MigrationEvent>();
  try {
    await readThrough(reader, entry => {
      if (isSample(entry) && !reads(entry)) return;
      for (const event of judging.take(entry)?.events ?? []) last.set(event.id, event);
    });
  } finally {
    reader.close();
  }
  return [...last.values()];
}

/** What the event is explained by. */
function explanationOf({ kind, rule }: MigrationEvent): string | undefined {
  if (kind !== 'unclear') return kind;
  const cause = causeOf(rule ?? '');
  return cause === 'local' ? undefined : cause;
}

function isRight(event: MigrationEvent, kind: string, truth: readonly TruthItem[]) {
  return truth.some(item => namesCause(item, kind as Answer) && isAt(event, item));
}

function isAt({ target, startedAt, detectedAt }: MigrationEvent, item: TruthItem): boolean {
  const { from, to } = spanOf(item);
  const here = item.target === '*' || item.target === target;
  return here && startedAt <= to + GRACE_MS && detectedAt >= from - GRACE_MS;
}

function labelsOf(path: string): TruthItem[] {
  return readTruth(path.replace(/\.jsonl$/, '.truth.json'));
}

async function guessesOn(path: string, reads: (sample: Sample) => boolean): Promise<Guess[]> {
  const truth = labelsOf(path);
  return (await eventsOf(path, reads)).flatMap(event => {
    const kind = explanationOf(event);
    if (!kind) return [];
    const right = isRight(event, kind, truth);
    const isHiccup = kind === 'congestion' && !truth.some(item => isAt(event, item));
    if (isHiccup) hiccups++;
    return isHiccup ? [] : [{ confidence: event.confidence, right }];
  });
}

function reliability(guesses: readonly Guess[]): string[][] {
  const rows = Array.from({ length: BINS }, (_, bin) => {
    const inBin = guesses.filter(
      ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin,
    );
    if (inBin.length === 0) return [];
    const mean = inBin.reduce((sum, { confidence }) => sum + confidence, 0) / inBin.length;
    const right = inBin.filter(each => each.right).length / inBin.length;
    return [[`${bin / BINS}–${(bin + 1) / BINS}`, String(inBin.length), mean.toFixed(2), right.toFixed(2)]];
  });
  return rows.flat();
}

/** Congestion beside all labels. */
let hiccups = 0;
const [first, ...rest] = process.argv.slice(2);
if (first === '--table') console.log(`${weightTable().join('\n')}\n`);
const recordings = first === '--table' ? rest : process.argv.slice(2);
for (const [name, reads] of Object.entries(WITNESSES)) {
  const guesses: Guess[] = [];
  hiccups = 0;
  for (const path of recordings) guesses.push(...(await guessesOn(path, reads)));
  if (guesses.length === 0) continue;
  const brier =
    guesses.reduce((sum, { confidence, right }) => sum + (confidence - Number(right)) ** 2, 0) /
    guesses.length;
  console.log(`${name}: ${guesses.length} events, Brier score ${brier.toFixed(3)}; ${hiccups} hiccups`);
  const rows = [['confidence', 'events', 'mean', 'right'], ...reliability(guesses)];
  console.log(`${textTable(rows, [1, 2, 3]).join('\n')}\n`);
}
