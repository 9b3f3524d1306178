import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clockOf } from '../../src/ui/graph/clock-graph.js';
import { ClockTrace } from '../../src/ui/history/clock-trace.js';
import { START } from '../support/scenario.js';
import { witnessed } from '../support/witnessed.js';

const ORIGIN = START + 60_000;
const WINDOW = { from: ORIGIN - 2000, to: ORIGIN + 4000 };

function traced(capacity: number): ClockTrace {
  const trace = new ClockTrace(capacity);
  for (const sample of witnessed([{ what: 'migration', from: 1010, to: 1330 }])) trace.put(sample);
  return trace;
}

const test = suite('clock trace');

test('a freeze is a step down by its length, with a gap without readings', () => {
  const view = clockOf(traced(10_000), WINDOW, 60, 1)!;
  const column = (ms: number) => Math.floor((ms + 2000) / 100);
  const [before, after] = [view.min[column(500)]!, view.min[column(2000)]!];
  assert.ok(Math.abs(before) <= 1, 'starts at zero');
  assert.ok(Math.abs(after + 320) <= 1.5, `stepped to ${after}`);
  assert.ok(Number.isNaN(view.min[column(1150)]!));
  assert.ok(view.low <= -320 && view.high >= 0);
  assert.ok(Math.abs(view.changeMs + 320) <= 1.5, 'the figure of the title is that of the axis');
});

test('only clock samples count, the oldest give way, and a window without any has no view', () => {
  const trace = traced(16);
  let seen = 0;
  trace.since(-Infinity, () => seen++);
  assert.is(seen, 16);
  assert.is(clockOf(trace, { from: START, to: START + 1000 }, 60, 1), undefined);
  assert.is(clockOf(new ClockTrace(16), WINDOW, 60, 1), undefined);
});

test.run();
