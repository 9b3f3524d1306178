import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { normal, seeded } from '../../../src/core/statistics/random.js';
import { scratch } from '../../recording/session.js';
import { sharedProgram } from '../../support/shared-program.js';

const test = suite('analyze --changes, as a command');
const migwatch = sharedProgram();

/** A day at 4 min between samples: 20 ms, from 08:00 to 16:00 26 ms. */
const folder = scratch();
const START = Date.UTC(2026, 10, 21);
const random = seeded(1);
const rows = Array.from({ length: 360 }, (_, index) => {
  const level = index >= 120 && index < 240 ? 26 : 20;
  const stamp = new Date(START + index * 240_000).toISOString();
  return `${stamp},${(level + 0.2 * Math.exp(normal(random))).toFixed(3)}`;
});
const csv = join(folder, 'uplink.csv');
writeFileSync(csv, ['time,rtt', ...rows].join('\n'));

test('a CSV file is imported, and its changes are listed with time, levels and certainty', async () => {
  const imported = await migwatch(['import', csv, '--dir', folder]);
  assert.is(imported.code, 0, imported.stderr);
  const recording = imported.stdout.trim();
  const { code, stdout } = await migwatch(['analyze', recording, '--changes']);
  assert.is(code, 0);
  assert.match(stdout, /360 samples, a probe every 240000 ms/);
  assert.match(stdout, /2026-11-21 08:00:00\.000 {2}uplink {2}20\.\d ms → 26\.\d ms +99\.\d %/);
  assert.match(stdout, /2026-11-21 16:00:00\.000 {2}uplink {2}26\.\d ms → 20\.\d ms +99\.\d %/);
  const { changes, targets } = JSON.parse(
    (await migwatch(['analyze', recording, '--changes', '--json'])).stdout,
  ).recordings[0];
  assert.is(targets[0].target, 'uplink');
  assert.equal(
    changes.map(({ target, at, confirmedAt }: Record<string, string>) => [
      target,
      at,
      confirmedAt?.slice(0, 19),
    ]),
    [
      ['uplink', '2026-11-21T08:00:00.000000Z', '2026-11-21T08:16:00'],
      ['uplink', '2026-11-21T16:00:00.000000Z', '2026-11-21T16:16:00'],
    ],
  );
  assert.ok(changes[0].fromMs > 20 && changes[0].toMs < 27 && changes[0].confidence > 0.9);
});

test('--detector gives the options; without --changes nothing is listed', async () => {
  const recording = join(folder, 'uplink.jsonl');
  const strict = await migwatch(['analyze', recording, '--changes', '--detector', 'changepoint:least=10ms']);
  assert.match(strict.stdout, /no change of level/);
  const { stdout } = await migwatch(['analyze', recording, '--json']);
  assert.is(JSON.parse(stdout).recordings[0].changes, undefined);
});

test('columns that are not there end with what is there', async () => {
  const { code, stderr } = await migwatch(['import', csv, '--dir', folder, '--columns', 'when,rtt']);
  assert.is(code, 2);
  assert.match(stderr, /uplink\.csv: line 1: no columns "when" and "rtt".*those of this line are: time, rtt/);
});

test.run();
