import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDuration } from '../../../src/core/format/duration.js';
import type { Sample } from '../../../src/core/sample.js';
import { importRecording } from '../../../src/sources/import/import-recording.js';
import { openLogs } from '../../../src/sources/import/open-logs.js';
import { readTime } from '../../../src/sources/import/series-fields.js';
import { readAll, scratch } from '../../recording/session.js';
import { needing } from '../../support/needs.js';

const FOLDER = 'test/sources/import/corpus';

/** What a log of the corpus holds, by its own statistics where it has some, or why it is refused. */
interface Expected {
  flags?: { start: string; interval: string };
  targets?: Record<string, string>;
  first?: string;
  told?: string[];
  refused?: string[];
}

const expected = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as Record<string, Expected>;
const PROGRAMS: Record<string, string> = { gz: 'gzip', zst: 'zstd', xz: 'xz' };

const test = suite('corpus of logs');
const output = scratch();

test('every log of the corpus has an expectation, and there are at least 40', () => {
  const logs = readdirSync(FOLDER).filter(name => !/^(?:expected\.json|README\.md)$/.test(name));
  assert.equal(logs.sort(), Object.keys(expected).sort());
  assert.ok(logs.length >= 40, `${logs.length} logs`);
});

for (const [name, { flags, targets, first, told = [], refused }] of Object.entries(expected)) {
  const program = PROGRAMS[/\.(gz|zst|xz)$/.exec(name)?.[1] ?? ''];
  const read = () => {
    const timetable = flags && {
      startMs: readTime(flags.start)!,
      intervalMs: parseDuration(flags.interval),
    };
    const opened = openLogs([join(FOLDER, name)], { timeoutMs: 1000, ...(timetable && { timetable }) });
    const { path } = importRecording(opened, () => join(output, `${name}.jsonl`), {
      ...{ timeoutMs: 1000, force: false, number: false },
    });
    return { ...readAll(path), told: opened.logs.flatMap(({ skipped }) => skipped.summaries()) };
  };
  needing(test, { commands: program === undefined ? [] : [program] })(name, () => {
    if (refused) {
      for (const text of refused) assert.throws(read, (error: Error) => error.message.includes(text), text);
      return;
    }
    const all = read();
    assert.equal(all.ending, { kind: 'complete' });
    assert.equal(outcomesOf(all.samples), targets);
    if (first !== undefined) assert.is(new Date(all.samples[0]!.at).toISOString(), first);
    assert.equal(all.told, told);
  });
}

function outcomesOf(samples: readonly Sample[]): Record<string, string> {
  const counts = new Map<string, { answered: number; lost: number }>();
  for (const { target, outcome } of samples) {
    const own = counts.get(target) ?? { answered: 0, lost: 0 };
    counts.set(target, own);
    if (outcome.kind === 'reply') own.answered++;
    if (outcome.kind === 'lost') own.lost++;
  }
  return Object.fromEntries(
    [...counts].map(([target, { answered, lost }]) => [target, `${answered} answered, ${lost} lost`]),
  );
}

test.run();
