/** On the shipped recordings, a witness more never leads to a worse verdict on what the hypervisor did. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { MigrationEvent } from '../../src/core/event.js';
import type { OutcomeKind } from '../../src/core/outcomes.js';
import { spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';
import { isSample, RecordingReader, readThrough } from '../../src/recording/reader.js';
import { SessionEngine } from '../../src/session/engine.js';

const RECORDINGS = ['lan-held', 'lan-lookalikes', 'lan-quiet', 'wan-idle'];
const NEITHER: readonly OutcomeKind[] = ['clock', 'announce'];
/** What is left out, each step with a witness more. */
const LADDERS: readonly (readonly (readonly OutcomeKind[])[])[] = [
  [NEITHER, ['announce'], []],
  [NEITHER, ['clock'], []],
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

/** 3: the right cause; 2: unclear, 1: missed, 0: another cause. */
function rankOf(item: TruthItem, events: readonly MigrationEvent[]): number {
  const { from, to } = spanOf(item);
  const event = events.find(({ startedAt, detectedAt }) => startedAt <= to + 1500 && detectedAt >= from);
  if (!event) return 1;
  if (event.kind === item.type) return 3;
  return event.kind === 'unclear' ? 2 : 0;
}

const test = suite('more evidence');

for (const name of RECORDINGS)
  test(`${name}: is never worse than less, and turns no more lights red`, async () => {
    const path = `recordings/${name}.jsonl`;
    const truth = readTruth(`recordings/${name}.truth.json`);
    for (const ladder of LADDERS) {
      const judged = [];
      for (const without of ladder) judged.push(await eventsOf(path, without));
      for (const [step, events] of judged.entries()) {
        for (const item of truth) {
          const [less, more] = [rankOf(item, judged[step - 1] ?? []), rankOf(item, events)];
          const place = `${item.type} at ${spanOf(item).from}, without ${ladder[step]}`;
          assert.ok(step === 0 || more >= less, `${place}: ${more} after ${less}`);
        }
        const named = events.filter(({ kind }) => kind === 'migration' || kind === 'ghost');
        const moves = truth.filter(({ type }) => type === 'migration');
        assert.ok(named.length <= moves.length, `${named.length} moves reported of ${moves.length}`);
      }
    }
  });

test.run();
