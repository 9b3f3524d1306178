/** On recordings of real guests, a witness more never leads to a worse verdict on what the hypervisor did. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { MigrationEvent } from '../../src/core/event.js';
import type { OutcomeKind } from '../../src/core/outcomes.js';
import { isRight, spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { isSample, RecordingReader, readThrough } from '../../src/recording/reader.js';
import { SessionEngine } from '../../src/session/engine.js';

/** With MIGWATCH_WILD, also those of a folder that wild.js made. */
const FOLDERS = ['recordings/causes', process.env.MIGWATCH_WILD].filter(folder => folder !== undefined);
const RECORDINGS = [
  ...['lan-held', 'lan-lookalikes', 'lan-quiet', 'wan-idle'].map(name => `recordings/${name}`),
  ...FOLDERS.flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.truth.json'))
      .map(name => `${folder}/${name.replace('.truth.json', '')}`),
  ),
];
const NEITHER: readonly OutcomeKind[] = ['clock', 'announce'];
const NOTHING: readonly OutcomeKind[] = [];
/** What is left out, each step with a witness more. */
const LADDERS: readonly (readonly (readonly OutcomeKind[])[])[] = [
  [NEITHER, ['announce'], NOTHING],
  [NEITHER, ['clock'], NOTHING],
];

async function eventsOf(path: string, without: readonly OutcomeKind[]): Promise<MigrationEvent[]> {
  const reader = RecordingReader.open(path);
  const engine = new SessionEngine(defaultChoices(), 0);
  const last = new Map<string, MigrationEvent>();
  try {
    await readThrough(reader, entry => {
      if (isSample(entry) && without.includes(entry.outcome.kind)) return;
      for (const event of engine.take(entry)?.events ?? []) last.set(event.id, event);
    });
  } finally {
    reader.close();
  }
  return [...last.values()];
}

/** Where more evidence gives less, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'back-to-back': 'announcements of moves 1.4 s apart keep one event open; only a clock parts them',
};
const MOVES = ['migration', 'ghost'] as const;

/** 3: the right cause; 2: unclear, 1: missed, 0: another cause. */
function rankOf(item: TruthItem, events: readonly MigrationEvent[], truth: readonly TruthItem[]): number {
  const around = events.filter(event => isAt(event, item));
  if (around.some(({ kind }) => isRight(item, kind))) return 3;
  const isExplained = (event: MigrationEvent) =>
    truth.some(other => isAt(event, other) && isRight(other, event.kind));
  const unexplained = around.filter(event => !isExplained(event));
  if (unexplained.length === 0) return isRight(item, 'nothing') ? 3 : 1;
  return unexplained.some(({ kind }) => kind === 'unclear') ? 2 : 0;
}

/** One event may cover several moves. */
function isAt({ startedAt, endedAt, detectedAt, target }: MigrationEvent, item: TruthItem): boolean {
  const { from, to } = spanOf(item);
  const isOf = item.target === '*' || item.target === target;
  return isOf && startedAt <= to + 1500 && Math.max(endedAt ?? 0, detectedAt) >= from;
}

const test = suite('more evidence');

/** The cause that a recording is about: wild.js adds seed and number. */
const causeIn = (path: string) => basename(path).replace(/(-\d+)+$/, '');

for (const name of RECORDINGS.filter(path => !(causeIn(path) in EXCEPTIONS)))
  test(`${name}: is never worse than less, and turns no more lights red`, async () => {
    const path = `${name}.jsonl`;
    const truth = readTruth(`${name}.truth.json`);
    const found = new Map<readonly OutcomeKind[], MigrationEvent[]>();
    for (const without of new Set(LADDERS.flat())) found.set(without, await eventsOf(path, without));
    for (const ladder of LADDERS) {
      const judged = ladder.map(without => found.get(without)!);
      for (const [step, events] of judged.entries()) {
        for (const item of truth) {
          const [less, more] = [judged[step - 1] ?? [], events].map(each => rankOf(item, each, truth));
          const place = `${item.type} at ${spanOf(item).from}, without ${ladder[step]}`;
          assert.ok(step === 0 || more! >= less!, `${place}: ${more} after ${less}`);
        }
        const named = events.filter(({ kind }) => kind === 'migration' || kind === 'ghost');
        const moves = truth.filter(item => MOVES.some(kind => isRight(item, kind)));
        assert.ok(named.length <= moves.length, `${named.length} moves reported of ${moves.length}`);
      }
    }
  });

test.run();
