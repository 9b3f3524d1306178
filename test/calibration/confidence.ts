/**
 * Holds the judge's confidence to what really happened: `confidence.js RECORDING…`, each with its NAME.truth.json.
 *
 * Each recording is judged by all witnesses, by echo and clock, and by echo alone; of the events given a confidence c,
 * about that share should name their cause. What matches nothing that happened is wrong.
 */
import { defaultChoices } from '../../detectors/index.js';
import type { MigrationEvent } from '../../src/core/event.js';
import type { Sample } from '../../src/core/sample.js';
import { isRight as namesCause, spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { isSample, RecordingReader, readThrough } from '../../src/recording/reader.js';
import { SessionEngine } from '../../src/session/engine.js';

const WITNESSES: Record<string, (sample: Sample) => boolean> = {
  'all witnesses': () => true,
  'echo and clock': ({ probe }) => probe !== 'announce',
  'echo alone': ({ probe }) => probe !== 'announce' && probe !== 'clock',
};
const GRACE_MS = 1500;

async function eventsOf(path: string, heeds: (sample: Sample) => boolean): Promise<MigrationEvent[]> {
  const reader = RecordingReader.open(path);
  const judging = new SessionEngine(defaultChoices(), 0);
  const last = new Map<string, MigrationEvent>();
  try {
    await readThrough(reader, entry => {
      if (isSample(entry) && !heeds(entry)) return;
      for (const event of judging.take(entry)?.events ?? []) last.set(event.id, event);
    });
  } finally {
    reader.close();
  }
  return [...last.values()];
}

function isRight(
  { target, kind, startedAt, detectedAt }: MigrationEvent,
  truth: readonly TruthItem[],
): boolean {
  return truth.some(item => {
    const { from, to } = spanOf(item);
    const here = item.target === '*' || item.target === target;
    return here && namesCause(item, kind) && startedAt <= to + GRACE_MS && detectedAt >= from - GRACE_MS;
  });
}

const recordings = process.argv.slice(2);
for (const [name, heeds] of Object.entries(WITNESSES)) {
  const bins = new Map<number, { right: number; of: number }>();
  for (const path of recordings) {
    const truth = readTruth(path.replace(/\.jsonl$/, '.truth.json'));
    for (const event of await eventsOf(path, heeds)) {
      const bin = bins.get(event.confidence) ?? { right: 0, of: 0 };
      bin.of++;
      if (isRight(event, truth)) bin.right++;
      bins.set(event.confidence, bin);
    }
  }
  const rows = [...bins].sort(([a], [b]) => b - a);
  console.log(`| ${name}: confidence | events | right |\n|---|---|---|`);
  for (const [confidence, { right, of }] of rows)
    console.log(`| ${confidence} | ${of} | ${((100 * right) / of).toFixed(0)} % |`);
  console.log();
}
