import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../../../src/core/statistics/random.js';
import { isMoment } from '../../../src/core/validation/shape.js';
import { isSample } from '../../../src/recording/reader.js';
import { openLogs } from '../../../src/sources/import/open-logs.js';
import { scratch } from '../../recording/session.js';

const FOLDER = 'test/sources/import/corpus';
/** MIGWATCH_RUNS=1000 looks further. */
const { MIGWATCH_RUNS = 4 } = process.env;
const path = join(scratch(), 'mutant.log');
const logs = readdirSync(FOLDER)
  .filter(name => !/\.(?:gz|zst|xz|json|md)$/.test(name))
  .map(name => readFileSync(join(FOLDER, name), 'utf8').split('\n'));

const test = suite('spoilt logs');

/** Changes some lines: left out, repeated, moved, cut, from another log, or with a digit changed. */
function mutated(lines: readonly string[], random: () => number): string {
  const any = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
  const changes: readonly ((line: string) => string[])[] = [
    () => [],
    line => [line, line],
    line => [line, any(lines)],
    line => [line.slice(0, random() * line.length)],
    () => [any(any(logs))],
    line => [line.replace(/\d/g, digit => (random() < 0.1 ? String(Math.floor(random() * 10)) : digit))],
    line => [line.replace(/\d+/, '99999999999999999999')],
    line => [`${line}${'\u202e'.repeat(random() * 100)}`],
  ];
  return lines.flatMap(line => (random() < 0.1 ? any(changes)(line) : [line])).join('\n');
}

test('whatever a log holds, its samples are in order and in range, or it is refused in words', () => {
  for (const [index, lines] of logs.entries())
    for (let run = 0; run < Number(MIGWATCH_RUNS); run++) {
      const random = seeded(1000 * index + run);
      writeFileSync(path, mutated(lines, random));
      const timetable = { startMs: 1_795_000_000_000, intervalMs: 200 };
      let latest = -Infinity;
      try {
        for (const entry of openLogs([path], { timeoutMs: 1000, timetable }).entries) {
          if (!isSample(entry)) continue;
          const { at, knownAt, seq } = entry;
          const fits = isMoment(at) && isMoment(knownAt) && knownAt >= at && knownAt >= latest && seq >= 0;
          assert.ok(fits, `log ${index}, run ${run}: ${JSON.stringify(entry)} after ${latest}`);
          latest = knownAt;
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
});

test.run();
