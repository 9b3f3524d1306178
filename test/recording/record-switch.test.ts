import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LightState } from '../../src/core/event.js';
import type { Millis } from '../../src/core/sample.js';
import type { Step } from '../../src/core/step.js';
import { Lookback } from '../../src/recording/lookback.js';
import { isSample } from '../../src/recording/reader.js';
import { RecordSwitch } from '../../src/recording/record-switch.js';
import { START } from '../support/scenario.js';
import { until } from '../support/until.js';
import { HEADER, HOLD, readAll, scratch } from './session.js';

const test = suite('record switch');

let seq = 0;
function step(seconds: number, ...lights: LightState['light'][]): Step {
  const at: Millis = START + 1000 * seconds;
  const outcome = { kind: 'reply', rttMs: 1 } as const;
  return {
    sample: { at, knownAt: at, target: 'a', probe: 'icmp', seq: seq++, outcome },
    ...{ verdicts: [], events: [] },
    lights: lights.map(light => ({ target: 'a', light, at, why: '' })),
  };
}

/** A switch that records when a light is red. Nothing can be recorded as long as `folder` is a file. */
function switchTo(folder: string) {
  const said: string[] = [];
  const info = { version: '0', startedAt: START, intervalMs: 50, timeoutMs: 1000, packetsPerSecond: 20 };
  const recording = new RecordSwitch(
    { folder, atRed: true, holdMs: HOLD, detectors: [] },
    {
      info: () => ({ ...info, targets: HEADER.targets, notices: [] }),
      ...{ now: () => START, opening: () => [], closing: () => [], say: text => void said.push(text) },
    },
    new Lookback(600_000, { now: () => START, opening: () => [] }),
  );
  return { recording, said };
}

test('a recording that the user starts after one at red failed goes on when the light is green again', async () => {
  const folder = join(scratch(), 'recordings');
  writeFileSync(folder, '');
  const { recording, said } = switchTo(folder);
  recording.take(step(0, 'red'));
  await until(() => said.some(text => text.startsWith("can't record")), 'it fails');
  rmSync(folder);
  mkdirSync(folder);
  await recording.start();
  recording.take(step(1, 'green'));
  recording.take(step(100));
  const { state } = recording;
  await recording.end();
  assert.ok(state, 'it still records');
});

test('a light that turns red as the session ends is recorded to the end line', async () => {
  const folder = scratch();
  const { recording } = switchTo(folder);
  recording.take(step(0, 'red'));
  await recording.end();
  assert.is(recording.state, undefined);
  const [name] = readdirSync(folder).filter(file => file.endsWith('.jsonl'));
  assert.equal(readAll(join(folder, name!)).ending, { kind: 'complete' });
});

test('if the last minutes cannot be saved at a failure, that is said, and the failure is not hidden', async () => {
  const folder = join(scratch(), 'recordings');
  writeFileSync(folder, '');
  const { recording, said } = switchTo(folder);
  recording.take(step(0));
  await recording.rescue();
  assert.match(said.join(), /the last minutes can't be saved: /);
});

test('the last minutes are saved in turns, and what happens meanwhile follows them, each sample once', async () => {
  const folder = scratch();
  const { recording } = switchTo(folder);
  seq = 0;
  for (let count = 0; count < 200_000; count++) recording.take(step(count / 10_000));
  let isRecorded = false;
  const started = recording.start().then(() => {
    isRecorded = true;
  });
  let turns = 0;
  for (; !isRecorded; turns++) {
    recording.take(step(20 + turns / 10_000));
    await setImmediate();
  }
  await started;
  recording.take(step(100));
  await recording.end();
  assert.ok(turns >= 5, `${turns} turns`);
  const [name] = readdirSync(folder).filter(file => file.endsWith('.jsonl'));
  const seqs = readAll(join(folder, name!))
    .entries.filter(isSample)
    .map(sample => sample.seq);
  assert.is(seqs.length, 200_001 + turns);
  assert.ok(seqs.every((value, index) => value === index));
});

test.run();
