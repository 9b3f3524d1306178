/**
 * What the guest's clock tells of labelled traces: `clock.js FOLDER…`, of *.clock.jsonl beside *.truth.json. Per label
 * the blackout and the step's error, then the figures over all migrations, and what was found where nothing stepped.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClockReading } from '../../src/core/clock/readings.js';
import { type ClockStep, ClockTrack } from '../../src/core/clock/track.js';
import type { Millis } from '../../src/core/sample.js';
import { spanOf, type TruthItem } from '../../src/evaluation/truth.js';
import { quantile } from '../bench/pcap.js';

/** What is known so long after the guest is back. */
const SETTLED_AFTER: Millis[] = [250, 1000, 4000];
const STEPPING = ['migration', 'pause', 'reboot', 'ghost'];

interface Line {
  t: number;
  rtt_ms: number | null;
  offset_ms: number;
}

function readingsOf(file: string): ClockReading[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines
    .map(line => JSON.parse(line) as Line)
    .filter((line): line is Line & { rtt_ms: number } => line.rtt_ms !== null)
    .map(({ t, rtt_ms, offset_ms }) => ({ at: t * 1000 + rtt_ms / 2, offsetMs: offset_ms, rttMs: rtt_ms }))
    .sort((a, b) => a.at + a.rttMs / 2 - (b.at + b.rttMs / 2));
}

/** The step as it is known `settled` after the guest is back, from the readings known by then. */
function stepOf(readings: readonly ClockReading[], from: Millis, to: Millis, settled: Millis) {
  const track = new ClockTrack();
  for (const reading of readings)
    if (reading.at + reading.rttMs / 2 < to + settled && reading.at > from - 8000) track.observe(reading);
  const before = readings.findLast(({ at, rttMs }) => at + rttMs / 2 < from);
  const after = readings.find(({ at, rttMs }) => at - rttMs / 2 > to);
  return before && after && track.stepAround(before.at, after.at);
}

const errors = new Map<string, number[]>();
const alarms: string[] = [];
let exposureMs = 0;
for (const folder of process.argv.slice(2))
  for (const name of readdirSync(folder).filter(file => file.endsWith('.clock.jsonl'))) {
    const readings = readingsOf(join(folder, name));
    const truth: TruthItem[] = JSON.parse(
      readFileSync(join(folder, name.replace('.clock.jsonl', '.truth.json')), 'utf8'),
    ).truth;
    const spans = truth.map(item => ({ item, ...spanOf(item) }));
    for (const { item, from, to } of spans) {
      if (!STEPPING.includes(item.type)) continue;
      for (const settled of SETTLED_AFTER) {
        const step = stepOf(readings, from, to, settled);
        if (settled === 1000)
          console.log(
            `${name.padEnd(26)} ${item.type.padEnd(9)} stood still ${(to - from).toFixed(2)} ms, stepped ${show(step)}`,
          );
        if (item.type !== 'migration' || !step) continue;
        const key = `${name.slice(0, 3)} after ${settled} ms`;
        errors.set(key, [...(errors.get(key) ?? []), Math.abs(step.stepMs + to - from)]);
        const honest = `${name.slice(0, 3)} after ${settled} ms, share within errorMs`;
        errors.set(honest, [
          ...(errors.get(honest) ?? []),
          Number(Math.abs(step.stepMs + to - from) <= step.errorMs),
        ]);
      }
    }
    const track = new ClockTrack();
    exposureMs += readings.at(-1)!.at - readings[0]!.at;
    const found = readings.flatMap(reading => track.observe(reading) ?? []);
    for (const step of found) {
      const cause = spans.find(({ from, to }) => step.to > from - 20 && step.from < to + 200);
      alarms.push(
        `${name}: ${cause?.item.type ?? 'NOTHING'}${cause ? `, ${(step.to - cause.to).toFixed(0)} ms after it was back` : ''}: ${show(step)}`,
      );
    }
    for (const { item, from, to } of spans)
      if (STEPPING.includes(item.type) && !found.some(step => step.to > from - 20 && step.from < to + 200))
        alarms.push(`${name}: MISSED ${item.type} of ${(to - from).toFixed(0)} ms`);
    console.log(`${name}: limit at the end ${track.limitMs.toFixed(2)} ms`);
  }
for (const alarm of alarms) console.log(alarm);
for (const [key, values] of errors) {
  if (key.includes('share'))
    console.log(`${key}: ${(values.reduce((a, b) => a + b) / values.length).toFixed(2)}`);
  else
    console.log(
      `${key}: |step + blackout| median ${quantile(values, 0.5).toFixed(2)} ms, p95 ${quantile(values, 0.95).toFixed(2)} ms, ${values.length} migrations`,
    );
}
console.log(`${(exposureMs / 3_600_000).toFixed(2)} hours in all`);

function show(step: ClockStep | undefined): string {
  return step ? `${step.stepMs.toFixed(2)} ± ${step.errorMs.toFixed(2)} ms` : 'unknown';
}
