/**
 * What judging a recording anew costs, beside the least that any reader of its lines must do: splitting them and
 * JSON.parse. Both in this process, in turns, of the same file.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultChoices } from '../../detectors/index.js';
import { type Sample, toMicros } from '../../src/core/sample.js';
import { normal, seeded } from '../../src/core/statistics/random.js';
import { encodeHeader } from '../../src/recording/format.js';
import { RecordingReader } from '../../src/recording/reader.js';
import { SampleEncoder } from '../../src/recording/sample-rows.js';
import { SessionEngine } from '../../src/session/engine.js';
import { HEADER, HOLD } from '../recording/session.js';
import { START } from '../support/scenario.js';
import { quantile } from './pcap.js';
import type { Row } from './row.js';

const TARGETS = 10;
const INTERVAL = 50;
const HOURS = 2;
const ROUNDS = 5;
const MAX_TIMES = 3;
const MAX_MEGABYTES = 200;

export function rejudge(): Promise<Row[]> {
  const path = join(tmpdir(), `migwatch-bench-${process.pid}.jsonl`);
  try {
    const samples = write(path);
    const memory = { before: megabytes(), most: 0 };
    judgeAnew(path, memory);
    const judged: number[] = [];
    const parsed: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      judged.push(seconds(() => judgeAnew(path)));
      parsed.push(seconds(() => parseAll(path)));
    }
    const times = quantile(judged, 0.5) / quantile(parsed, 0.5);
    const perSecond = Math.round(samples / quantile(judged, 0.5)).toLocaleString('en');
    return Promise.resolve([
      {
        figure: 'reading and judging a recording anew, times splitting and JSON.parse of its lines',
        measured: `${times.toFixed(2)} (${perSecond} samples/s)`,
        target: `≤ ${MAX_TIMES}`,
        ok: times <= MAX_TIMES,
      },
      {
        figure: 'memory while judging anew, MB',
        measured: `${memory.most} (${memory.before} before)`,
        target: `≤ ${MAX_MEGABYTES}`,
        ok: memory.most <= MAX_MEGABYTES,
      },
    ]);
  } finally {
    rmSync(path, { force: true });
  }
}

function megabytes(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

function seconds(work: () => void): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1000;
}

function judgeAnew(path: string, memory = { most: 0 }): void {
  const reader = RecordingReader.open(path);
  const judging = new SessionEngine(defaultChoices(), HOLD);
  for (let entries = reader.read(); entries; entries = reader.read()) {
    for (const entry of entries) judging.take(entry);
    memory.most = Math.max(memory.most, megabytes());
  }
  reader.close();
  if (reader.ending?.kind !== 'incomplete') throw new Error('the recording of this benchmark is damaged');
}

function parseAll(path: string): void {
  const lines = readFileSync(path, 'latin1').split('\n');
  lines.pop();
  for (const line of lines) JSON.parse(line);
}

/** As a live session would: jittered sends, ordinary replies, a gap of seven now and then. */
function write(path: string): number {
  const random = seeded(1);
  const encoder = new SampleEncoder();
  const file = openSync(path, 'w', 0o600);
  const slots = (HOURS * 3_600_000) / INTERVAL;
  writeSync(file, encodeHeader(HEADER));
  for (let slot = 0; slot < slots; slot++)
    writeSync(
      file,
      Array.from({ length: TARGETS }, (_, index) => encoder.encode(echo(slot, index, random))).join(''),
    );
  closeSync(file);
  return slots * TARGETS;
}

function echo(slot: number, index: number, random: () => number): Sample {
  const at = toMicros(START + slot * INTERVAL + (index * INTERVAL) / TARGETS + random() * 0.08);
  const rttMs = toMicros(Math.exp(0.1 * normal(random)));
  const base = { at, target: `vm${index}`, probe: 'icmp', seq: slot };
  const isLost = (slot + index * 997) % 60_000 < 7 && slot > 5000;
  if (isLost) return { ...base, knownAt: toMicros(at + 1000), outcome: { kind: 'lost', reason: 'timeout' } };
  return {
    ...base,
    knownAt: toMicros(at + rttMs + 0.02),
    outcome: { kind: 'reply', rttMs, ttl: 64, stamp: 'kernel' },
  };
}
