import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../../detectors/index.js';
import type { MigrationEvent } from '../../../src/core/event.js';
import { Pipeline } from '../../../src/core/pipeline.js';
import type { Sample } from '../../../src/core/sample.js';
import { Tally } from '../../../src/core/statistics/tally.js';
import type { Step } from '../../../src/core/step.js';
import { handOver } from '../../support/hand-over.js';
import { inOrder, START, scenario } from '../../support/scenario.js';

/** When the track begins: after the lead-in of 1200 echoes. */
const ORIGIN = START + 60_000;

interface Seen {
  /** Second and seconds that are buffered then, in a straight line from each to the next. */
  buffered: [second: number, buffered: number][];
  stalls?: [from: number, to: number][];
}

/** The reports of a viewer, 5 a second, from 20 s before the track on. */
function viewing({ buffered, stalls = [] }: Seen, forSeconds: number): Sample[] {
  const level = (second: number) => {
    const next = buffered.findIndex(([at]) => at > second);
    if (next <= 0) return next < 0 ? buffered.at(-1)![1] : buffered[0]![1];
    const [[from, low], [to, high]] = [buffered[next - 1]!, buffered[next]!];
    return low + ((high - low) * (second - from)) / (to - from);
  };
  const within = (second: number, [from, to]: [number, number]) => Math.max(0, Math.min(second, to) - from);
  return Array.from({ length: 5 * (20 + forSeconds) }, (_, seq) => {
    const second = (seq - 100) / 5;
    const at = ORIGIN + 1000 * second;
    const stalled = stalls.some(([from, to]) => second > from && second < to);
    const outcome = {
      kind: 'playback' as const,
      state: stalled ? ('stalled' as const) : ('playing' as const),
      bufferMs: Math.round(1000 * level(second)),
      lowestMs: Math.round(1000 * Math.min(level(second), level(second - 0.2))),
      stalls: stalls.filter(([from]) => second > from).length,
      stalledMs: Math.round(1000 * stalls.reduce((sum, stall) => sum + within(second, stall), 0)),
    };
    return { at, knownAt: at, target: 'vm', probe: 'stream', seq, outcome };
  });
}

const pipeline = () => new Pipeline(defaultChoices(), { holdMs: 1500 });

function run(samples: readonly Sample[]) {
  const judge = pipeline();
  const steps = samples.map(sample => judge.step(sample));
  return { steps, told: steps.flatMap(step => step.events) };
}

const GAP_3S = `${'x'.repeat(60)}${'.'.repeat(400)}`;
const withViewer = (track: string, seen: Seen) => inOrder(scenario(track), viewing(seen, track.length / 20));
const noteOf = ({ evidence }: MigrationEvent) => evidence.find(({ witness }) => witness === 'stream');

/** 10 s buffered, no bytes for 3 s, then three seconds of media a second until it is full again. */
const CALM: Seen = {
  buffered: [
    [0, 10],
    [3, 7],
    [4.5, 10],
  ],
};
/** 4 s buffered, no bytes for 7 s: dry from second 4 until there is a second of media again. */
const STALLED: Seen = {
  buffered: [
    [0, 4],
    [4, 0],
    [7, 0],
    [7.5, 1],
    [10, 4],
  ],
  stalls: [[4, 7.5]],
};

const test = suite('viewer');

test('a buffer that outlasts the gap: viewers did not notice, and the rest is shown', () => {
  const { told } = run(withViewer(GAP_3S, CALM));
  const last = told.at(-1)!;
  assert.is(last.state, 'closed');
  assert.equal(last.evidence[1], {
    witness: 'stream',
    summary: 'viewers noticed: no (buffer never below 7.0 s)',
    value: 0,
    unit: 'ms',
  });
});

test('a stall that begins after the event is reported with it, once the stall is over', () => {
  const { steps, told } = run(withViewer(GAP_3S, STALLED));
  const closed = steps.flatMap(step =>
    step.events.filter(({ state }) => state === 'closed').map(event => ({ event, at: step.sample.knownAt })),
  );
  assert.equal(
    closed.map(({ event }) => [event.id, noteOf(event)?.summary]),
    [
      ['e1', undefined],
      ['e1', 'viewers noticed: yes, stalled 3.5 s'],
    ],
  );
  assert.is(noteOf(closed[1]!.event)!.value, 3500);
  assert.ok(closed[1]!.at > ORIGIN + 7500 && closed[1]!.at < ORIGIN + 8500);
  const { evidence: _, ...first } = closed[0]!.event;
  const { evidence: __, ...second } = closed[1]!.event;
  assert.equal(second, first, 'nothing else changes');
  assert.is(told.at(-1), closed[1]!.event);
});

test('an event that is reported twice after its end is counted once', () => {
  const tally = new Tally();
  for (const step of run(withViewer(GAP_3S, STALLED)).steps) tally.take(step);
  assert.equal(tally.of('vm').events, { unclear: 1 });
});

test('what a viewer sees opens no event and changes no verdict', () => {
  const bare = run(scenario(GAP_3S));
  for (const seen of [CALM, STALLED]) {
    const watched = run(withViewer(GAP_3S, seen)).steps;
    const own = watched.filter(({ sample }) => sample.probe === 'icmp');
    assert.equal(own.map(withoutViewer), bare.steps.map(withoutViewer));
    for (const step of watched) if (step.sample.probe === 'stream') assert.equal(step.lights, []);
  }
  const alone = run(viewing(STALLED, 30));
  assert.equal([alone.told, alone.steps.flatMap(({ lights }) => lights)], [[], []]);
});

function withoutViewer(step: Step): Step {
  const events = step.events.map(event => ({
    ...event,
    evidence: event.evidence.filter(({ witness }) => witness !== 'stream'),
  }));
  return { ...step, events };
}

test('a viewer without earlier reports adds nothing to the event', () => {
  const { told } = run(withViewer(GAP_3S, { buffered: [[0, 0]], stalls: [[-20, 30]] }));
  assert.ok(told.length > 0);
  assert.ok(told.every(event => noteOf(event) === undefined));
});

test('a stall without end is reported a minute after the event', () => {
  const seen: Seen = { buffered: [[0, 1], [1, 0]], stalls: [[1, 200]] }; // biome-ignore format: points
  const { steps } = run(withViewer(`${'x'.repeat(60)}${'.'.repeat(2000)}`, seen));
  const last = steps.findLast(({ events }) => events.length > 0)!;
  assert.is(noteOf(last.events[0]!)!.summary, 'viewers noticed: yes, stalled 62.2 s so far');
  assert.ok(last.sample.knownAt > ORIGIN + 63_000 && last.sample.knownAt < ORIGIN + 63_500);
});

test('the next event ends the wait, and each has what was seen of it', () => {
  // The second gap comes while the viewer still stands still from the first.
  const track = `${'x'.repeat(60)}${'.'.repeat(60)}${'x'.repeat(20)}${'.'.repeat(200)}`;
  const { told } = run(withViewer(track, STALLED));
  const last = [...new Map(told.map(event => [event.id, event])).values()];
  assert.equal(
    last.map(event => noteOf(event)?.summary),
    ['viewers noticed: yes, stalled 2.0 s so far', undefined],
  );
});

test('a judge that takes over while an event waits reports it too', () => {
  const samples = withViewer(GAP_3S, STALLED);
  const { steps } = run(samples);
  const from = samples.findIndex(({ knownAt }) => knownAt > ORIGIN + 6000);
  const before = pipeline();
  for (const sample of samples.slice(0, from)) before.step(sample);
  const after = pipeline();
  handOver(before, after);
  const rest = samples.slice(from).map(sample => after.step(sample));
  assert.equal(rest, steps.slice(from));
  assert.is(rest.flatMap(({ events }) => events).length, 1);
});

test.run();
