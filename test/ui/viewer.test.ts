import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { lineWidth } from '../../src/ui/style/spans.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { START } from '../support/synthetic.js';
import { viewedSession } from '../support/viewed.js';

process.env.TZ = 'UTC';
const test = suite('viewer panel');
const CHOSEN = { chosen: '10.0.0.2' };

const SIZE = { columns: 120, rows: 40 };
const pictured = (moment: ViewInputs, size = SIZE, controls: Partial<Controls> = CHOSEN, glyphs = UNICODE) =>
  pictureOf(moment, { ...INITIAL, ...controls }, size, glyphs);
const panelOf = (...given: Parameters<typeof pictured>) =>
  pictured(...given)
    .panels.filter(({ name }) => name === 'viewer')
    .flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join('')));

test('lies under the RTT graph with the same columns, and overlaps nothing at any size', () => {
  const moment = viewedSession(50, [[40, 47]]);
  for (const columns of [40, 63, 64, 80, 120, 300])
    for (const rows of [10, 16, 17, 20, 24, 40, 80])
      for (const more of [{}, { full: true }, { histogram: true }]) {
        const { panels } = pictured(moment, { columns, rows }, { ...CHOSEN, ...more });
        const where = `${columns}x${rows} ${JSON.stringify(more)}`;
        const cells = new Set<string>();
        for (const { name, box, lines } of panels) {
          assert.is(lines.length, box.height, `${name} at ${where}`);
          for (const [index, line] of lines.entries()) {
            assert.is(lineWidth(line), box.width, `${name} at ${where}`);
            const cell = `${box.top + index} ${box.left}`;
            assert.not(cells.has(cell), `${name} overlaps at ${where}`);
            cells.add(cell);
          }
        }
      }
});

test('a target without a stream has none', () => {
  assert.equal(panelOf(viewedSession(10, []), SIZE, { chosen: '10.0.0.1' }), []);
});

test('says by word and shape whether it plays, how much is buffered, and what was missed', () => {
  assert.match(panelOf(viewedSession(50, [])).join('\n'), /► PLAYING \d+\.\d s[\s\S]*never stalled/);
  // Full at second 20, dry at 30, silent until 34: at 33 it has stood still for 3 s.
  const stalled = panelOf(viewedSession(33, [[20, 34]])).join('\n');
  assert.match(stalled, /║ STALLED 0\.0 s[\s\S]*stalled once, 2\.\d s[\s\S]*no data for 5 s/);
  assert.match(panelOf(viewedSession(1, [[0, 1]])).join('\n'), /… STARTING 0\.6 s/);
});

test('draws the dip where it was, and marks where it stood still', () => {
  const lines = panelOf(viewedSession(50, [[20, 34]]));
  const [, top, , , bottom] = lines as [string, string, string, string, string];
  // 60 s end at second 50 (and a bit): dry from 30 to 34, so marks from about column (30 + 10) / 60 of the graph on.
  const marks = [...bottom.slice(0, 98).matchAll(/║/g)].map(({ index }) => index);
  const columnOf = (second: number) => 9 + ((second + 10) / 60) * 88;
  assert.ok(Math.abs(marks[0]! - columnOf(30.3)) < 3, `${marks[0]} for ${columnOf(30.3)}`);
  assert.ok(Math.abs(marks.at(-1)! - columnOf(34.5)) < 3, `${marks.at(-1)} for ${columnOf(34.5)}`);
  assert.is(top.slice(marks[0], marks.at(-1)).trim(), '', 'nothing above a dry buffer');
  assert.match(top.slice(Math.round(columnOf(10)), Math.round(columnOf(18))), /^[⣀-⣿]+$/);
});

test('in ASCII nothing but ASCII, with the same words', () => {
  const lines = panelOf(viewedSession(33, [[20, 34]]), SIZE, CHOSEN, ASCII);
  assert.match(lines.join('\n'), /\|\| STALLED 0\.0 s/);
  assert.match(lines.join(''), /^[\x20-\x7e]*$/);
});

const STALLED = {
  kind: 'playback',
  state: 'stalled',
  bufferMs: 0,
  lowestMs: 0,
  stalls: 1,
  stalledMs: 5,
} as const;

test('what comes from outside only looks', () => {
  const moment = viewedSession(5, []);
  const evil = '\x1b[2Jevil\u202e';
  const targets = moment.info.targets.map(info =>
    info.stream ? { ...info, stream: { ...info.stream, url: evil } } : info,
  );
  const sample = { at: START + 5000, knownAt: START + 5000, target: '10.0.0.2', probe: 'stream', seq: 99 };
  moment.state.take({
    sample: { ...sample, outcome: { ...STALLED, trouble: evil } },
    verdicts: moment.state.of('10.0.0.2').verdicts,
    lights: [],
    events: [],
  });
  const lines = panelOf({ ...moment, info: { ...moment.info, targets } });
  assert.match(lines.join(''), /evil/);
  assert.not.match(lines.join(''), /[\x00-\x1f\x7f-\x9f\u202e]/);
});

test('a frozen screen keeps what the viewer saw, and a silent echo is not made up for by a stream', () => {
  const moment = viewedSession(50, []);
  const frozen = { ...moment, state: moment.state.snapshot() };
  const before = panelOf(frozen).join('\n');
  const late = START + 58_000;
  const sample = { at: late, knownAt: late, target: '10.0.0.2', probe: 'stream', seq: 999, outcome: STALLED };
  moment.state.take({ sample, verdicts: moment.state.of('10.0.0.2').verdicts, lights: [], events: [] });
  assert.is(panelOf(frozen).join('\n'), before);
  moment.state.of('10.0.0.2').light = { target: '10.0.0.2', light: 'green', at: START, why: '' };
  const { view } = pictured({ ...moment, now: late });
  assert.equal([view.chosen!.light, view.chosen!.why], ['amber', 'no measurements']);
});

test.run();
