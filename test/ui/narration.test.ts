/** What is told of a session, and what another observer sees of it, beside the rest of the screen. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { INITIAL } from '../../src/ui/model/controls.js';
import { UNICODE } from '../../src/ui/style/glyphs.js';
import { lineWidth } from '../../src/ui/style/spans.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from '../support/counted-state.js';
import { START, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
const test = suite('narration and the other observer');
const SECONDS = 52;
const DB = '10.0.0.2';
const SIZE = { columns: 100, rows: 30 };

/** The synthetic session, of which an observer in rack 2 sees nothing but an undisturbed `db`. */
function observed(): ViewInputs {
  const session = new SyntheticSession(['web', 'db']);
  const state = new CountedState({ targets: 3, intervalMs: 50 });
  const target = `${DB}@rack2`;
  for (const step of session.take(SECONDS)) {
    state.take(step);
    if (step.sample.target !== '10.0.0.1') continue;
    const lights = step.lights.map(light => ({ ...light, target }));
    state.take({ ...step, sample: { ...step.sample, target }, lights });
  }
  const there = { ...session.info.targets[1]!, target, name: 'db@rack2' };
  const info = { ...session.info, targets: [...session.info.targets, there] };
  return { state, info, now: START + SECONDS * 1000, holdMs: 30_000 };
}

const pictured = (moment: ViewInputs, chosen = DB, size = SIZE) =>
  pictureOf(moment, { ...INITIAL, chosen }, size, UNICODE).panels;
const linesOf = (panel: string, ...given: Parameters<typeof pictured>) =>
  pictured(...given)
    .filter(({ name }) => name === panel)
    .flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join('')));
const notes = (...told: [second: number, text: string][]) =>
  told.map(([second, text]) => ({ at: START + second * 1000, text }));

test('the latest notes stand under the title, newest at the bottom, without future ones', () => {
  const told = notes([1, 'first'], [2, 'second'], [30, 'third'], [51, 'fourth'], [53, 'to come']);
  const lines = linesOf('narration', { ...observed(), notes: told });
  assert.equal(
    lines.map(line => line.trim()),
    ['10:00:02  second', '10:00:30  third', '10:00:51  fourth'],
  );
});

test('a long newest note is shown in full, older ones as far as they fit', () => {
  const long = 'word '.repeat(30).trim();
  const lines = linesOf('narration', { ...observed(), notes: notes([1, 'first'], [2, 'b'], [3, long]) });
  assert.is(lines.length, 3);
  assert.match(lines[0]!, /^ {2}10:00:02 {2}b +$/);
  assert.is(lines.slice(1).join(' ').match(/word/g)!.length, 30);
});

test('control characters in notes are shown as text', () => {
  const lines = linesOf('narration', { ...observed(), notes: notes([1, 'all \x1b[2J well\u202e']) });
  assert.equal(
    lines.map(line => line.trim()),
    ['10:00:01  all \ufffd[2J well\ufffd'],
  );
});

test('without notes and other observers, neither takes room', () => {
  assert.equal(linesOf('narration', observed()), []);
  assert.equal(linesOf('otherObserver', observed(), '10.0.0.1'), []);
});

test('the other observer has its own graph, losses and light, in the columns of ours', () => {
  const lines = linesOf('otherObserver', observed());
  assert.match(lines[0]!, /── also seen by rack2 ● GREEN ─/);
  assert.not.match(lines.join('\n'), /×|migration/);
  const ours = linesOf('otherObserver', observed(), `${DB}@rack2`);
  assert.match(ours[0]!, /── also seen from here ■ RED ─/);
  const lost = ours.at(-1)!.indexOf('×');
  assert.is(
    lost,
    linesOf('graph', observed())
      .find(line => line.includes('lost │'))!
      .indexOf('×'),
  );
});

test('all have their place at any size, without overlap', () => {
  const moment = { ...observed(), notes: notes([1, 'first'], [2, 'second'], [3, 'third']) };
  for (const columns of [40, 63, 64, 100, 300])
    for (const rows of [6, 10, 16, 20, 24, 30, 40, 80]) {
      const panels = pictured(moment, DB, { columns, rows });
      const cells = new Set<string>();
      for (const { name, box, lines } of panels)
        for (const [index, line] of lines.entries()) {
          assert.is(lineWidth(line), box.width, `${name} at ${columns}x${rows}`);
          assert.ok(box.top + index < rows, `${name} below ${columns}x${rows}`);
          const cell = `${box.top + index} ${box.left}`;
          assert.not(cells.has(cell), `${name} overlaps at ${columns}x${rows}`);
          cells.add(cell);
        }
      const names = panels.map(({ name }) => name as string);
      if (rows >= 24)
        assert.ok(names.includes('narration') && names.includes('otherObserver'), `${columns}x${rows}`);
    }
});

test.run();
