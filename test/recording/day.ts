/**
 * Measures a recording of a long session, time-compressed: `day.js [FILE] [TARGETS] [HOURS] [INTERVAL_MS]`.
 * Prints bytes a sample, cost of writing, memory while writing, and then of reading, of judging anew, and of seeks.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultChoices } from '../../detectors/index.js';
import { Pipeline } from '../../src/core/pipeline.js';
import { type Sample, toMicros } from '../../src/core/sample.js';
import { normal, seeded } from '../../src/core/statistics/random.js';
import { isSample, RecordingReader } from '../../src/recording/reader.js';
import { Recorder } from '../../src/recording/recorder.js';
import { SessionEngine } from '../../src/session/engine.js';
import { ReplaySource } from '../../src/sources/replay.js';
import { START } from '../support/scenario.js';
import { HEADER, HOLD } from './session.js';

const [path = join(tmpdir(), `day-${process.pid}.jsonl`), targets = '10', hours = '24', interval = '50'] =
  process.argv.slice(2);
const choices = defaultChoices();
const count = Math.round((Number(hours) * 3_600_000) / Number(interval)) * Number(targets);
const megabytes = () => Math.round(process.memoryUsage().rss / 2 ** 20);
const tell = (what: string, figure: string) => console.log(`${what.padEnd(44)} ${figure}`);

await write();
await readAlone();
parseAlone();
await seeks();
if (process.argv[2] === undefined) rmSync(path);

/** As a live session would: jittered sends, ordinary replies, a gap of seven now and then. */
function* day(): Generator<Sample> {
  const random = seeded(1);
  const [many, everyMs] = [Number(targets), Number(interval)];
  const names = Array.from({ length: many }, (_, index) => `vm${index}`);
  for (let slot = 0; slot < count / many; slot++)
    for (let index = 0; index < many; index++) {
      const at = toMicros(START + slot * everyMs + (index * everyMs) / many + random() * 0.08);
      const rttMs = toMicros(Math.exp(0.1 * normal(random)));
      const base = { at, target: names[index]!, probe: 'icmp', seq: slot };
      const lost = (slot + index * 997) % 60_000 < 7 && slot > 5000;
      yield lost
        ? { ...base, knownAt: toMicros(at + 1000), outcome: { kind: 'lost', reason: 'timeout' } }
        : {
            ...base,
            knownAt: toMicros(at + rttMs + 0.02),
            outcome: { kind: 'reply', rttMs, ttl: 64, stamp: 'kernel' },
          };
    }
}

async function write(): Promise<void> {
  const pipeline = new Pipeline(choices, { holdMs: HOLD });
  let time = START;
  const recorder = Recorder.open(
    path,
    { force: true },
    {
      now: () => time,
      wall: () => time,
      header: () => HEADER,
      opening: () => [],
      say: console.error,
    },
  );
  const memory: number[] = [];
  let recording = 0;
  let done = 0;
  for (const sample of day()) {
    time = sample.knownAt;
    const step = pipeline.step(sample);
    const before = process.hrtime.bigint();
    recorder.take(step);
    recording += Number(process.hrtime.bigint() - before);
    if (++done % Math.ceil(count / 10) === 0) {
      memory.push(megabytes());
      await new Promise(next => setTimeout(next));
    }
  }
  recorder.close();
  tell('samples', String(done));
  tell('bytes a sample', (statSync(path).size / done).toFixed(1));
  tell('recorder, µs a sample', (recording / 1000 / done).toFixed(2));
  tell('RSS while writing, MB, at every tenth', memory.join(' '));
}

async function readAlone(): Promise<void> {
  const reader = RecordingReader.open(path);
  let begun = performance.now();
  let samples = 0;
  for (let entries = reader.read(); entries; entries = reader.read())
    for (const entry of entries) if (isSample(entry)) samples++;
  tell('reading, samples/s', Math.round((samples / (performance.now() - begun)) * 1000).toLocaleString('en'));
  reader.close();
  const again = RecordingReader.open(path);
  const judging = new SessionEngine(choices, HOLD);
  begun = performance.now();
  let most = 0;
  for (let entries = again.read(); entries; entries = again.read()) {
    for (const entry of entries) judging.take(entry);
    most = Math.max(most, megabytes());
  }
  tell('reading and judging anew, s', ((performance.now() - begun) / 1000).toFixed(1));
  tell('RSS at most meanwhile, MB', String(most));
  again.close();
}

/** The yardstick: nothing but splitting into lines and JSON.parse, of the first 64 MB, scaled to the whole. */
function parseAlone(): void {
  const { size } = statSync(path);
  const part = readFileSync(path)
    .subarray(0, 64 << 20)
    .toString('latin1');
  const begun = performance.now();
  const lines = part.split('\n');
  lines.pop();
  for (const line of lines) JSON.parse(line);
  const seconds = ((performance.now() - begun) / 1000) * (size / part.length);
  tell('splitting and JSON.parse of the same, s', seconds.toFixed(1));
}

async function seeks(): Promise<void> {
  const folder = `${path}.cache`;
  const options = { choices, holdMs: HOLD, folder, lookbackMs: 60_000 };
  let begun = performance.now();
  await (await ReplaySource.open(path, options)).stop();
  tell('first opening, s', ((performance.now() - begun) / 1000).toFixed(1));
  begun = performance.now();
  const source = await ReplaySource.open(path, options);
  tell('second opening, ms', (performance.now() - begun).toFixed(0));
  const judging = new SessionEngine(choices, HOLD);
  source.onJump = ({ state }) => judging.load(state);
  await source.start(samples => {
    for (const sample of samples) judging.take(sample);
  });
  source.pause();
  const random = seeded(5);
  const { startedAt, endedAt } = source.overview;
  const took = Array.from({ length: 40 }, () => {
    const before = performance.now();
    source.seek(startedAt + random() * (endedAt - startedAt));
    return performance.now() - before;
  }).sort((a, b) => a - b);
  tell('a seek, ms: median, most', `${took[20]!.toFixed(0)} ${took.at(-1)!.toFixed(0)}`);
  tell('RSS after, MB', String(megabytes()));
  await source.stop();
  rmSync(folder, { recursive: true });
}
