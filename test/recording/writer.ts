/**
 * A recording process for tests: `writer.js FILE forever` writes 500 samples a second and tells on stdout how many
 * it has taken so far; `writer.js FILE full` fills the file's disk, makes room, goes on, and tells what became of it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import type { Step } from '../../src/core/step.js';
import { isSample } from '../../src/recording/reader.js';
import { Recorder } from '../../src/recording/recorder.js';
import { SessionEngine } from '../../src/session/engine.js';
import { MINUTE, scenario } from '../support/scenario.js';
import { FakeSession, HOLD, readAll } from './session.js';

const [path, mode] = process.argv.slice(2) as [string, string];
const session = new FakeSession();

if (mode === 'full') fillDisk();
else writeForever();

function writeForever(): void {
  const samples = scenario('.'.repeat(20_000), { leadIn: 0, target: 'a' });
  const recorder = Recorder.open(path, {}, session.ports);
  let taken = 0;
  const timer = setInterval(() => {
    session.run(samples.slice(taken, taken + 5), recorder);
    taken += 5;
    console.log(taken);
  }, 10);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      clearInterval(timer);
      recorder.close();
    });
}

function fillDisk(): void {
  const ballast = join(dirname(path), 'ballast');
  writeFileSync(ballast, Buffer.alloc(768 << 10));
  const samples = scenario(`${'.'.repeat(46_000)}xxxxxxx${'.'.repeat(2000)}`, {
    leadIn: MINUTE,
    target: 'a',
  });
  const edge = 45_000;
  const recorder = Recorder.open(path, { maxWaiting: 20_000 }, session.ports);
  session.run(samples.slice(0, edge), recorder);
  const torn = cutShort() ? 1 : 0;
  const onFullDisk = readAll(path).samples.length;
  rmSync(ballast);
  recorder.flush();
  const live = session.run(samples.slice(edge), recorder);
  recorder.close();
  const { entries } = readAll(path);
  const gapAt = entries.findIndex(entry => 'type' in entry && entry.type === 'gap');
  const judging = new SessionEngine(defaultChoices(), HOLD);
  const again: Step[] = [];
  for (const entry of entries) {
    const step = judging.take(entry);
    if (step) again.push(step);
  }
  const resumed = entries.slice(gapAt).filter(isSample).length;
  assert.equal(again.slice(-resumed), live.slice(-resumed));
  console.log(
    JSON.stringify({
      said: session.said,
      kept: entries.slice(0, gapAt).filter(isSample).length,
      torn,
      onFullDisk,
      notices: judging.notices,
      resumed,
      gap: (entries[gapAt] as { data: object }).data,
    }),
  );
}

function cutShort(): boolean {
  const { ending } = readAll(path);
  return ending.kind === 'incomplete' && ending.why.includes('cut short');
}
