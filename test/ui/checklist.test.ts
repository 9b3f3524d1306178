/** The list of a maintenance as a user sees it. UPDATE_SCREENS=1 writes the screens anew: read the difference. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timeFormatOf } from '../../src/core/format/time-of-day.js';
import { type Checklist, checklistOf, type Move } from '../../src/core/maintenance/checklist.js';
import { maintenanceReport, maintenanceText } from '../../src/evaluation/maintenance.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { lineWidth } from '../../src/ui/style/spans.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { DrawnScreen } from '../support/blessed-screen.js';
import { CountedState } from '../support/counted-state.js';
import { START, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
process.env.TERM = 'xterm-256color';
const test = suite('checklist');
const FOLDER = fileURLToPath(new URL('../../../test/ui/screens/', import.meta.url));

const move = (second: number, estimate: number, extra: Partial<Move> = {}): Move => ({
  ...{ id: `e${second}`, sure: true, open: false, expected: true, startedAt: START + second * 1000 },
  ...{ blackoutMs: { estimate, low: estimate - 4, high: estimate + 4 }, stuntimeMs: estimate + 20 },
  ...extra,
});

/** Forty VMs: 30 moved one after the other, one of them twice, one too slowly; one is moving; and a stranger moved. */
function fortyOf(name: (index: number) => string, budgetMs = 300): { moment: ViewInputs; list: Checklist } {
  const names = Array.from({ length: 41 }, (_, index) => name(index + 1));
  const session = new SyntheticSession(names);
  const state = new CountedState({ targets: names.length, intervalMs: 50 });
  for (const step of session.take(1)) state.take(step);
  const entries = session.info.targets.map(({ target }, index) => ({
    ...{ target, marked: index < 40, waiting: index >= 31 && index < 40 },
    moves:
      index === 40
        ? [move(50, 100, { expected: false })]
        : index === 7
          ? [move(7, 90), move(33, 95, { expected: false })]
          : index === 30
            ? [move(51, 0, { open: true, blackoutMs: undefined, stuntimeMs: undefined } as never)]
            : index < 30
              ? [move(index, index === 12 ? 412 : 80 + index, index === 3 ? { sure: false } : {})]
              : [],
  }));
  const list = checklistOf(entries, { over: false, budgetMs });
  return {
    list,
    moment: { state, info: session.info, now: START + 52_000, holdMs: 30_000, checklist: list },
  };
}

const forty = fortyOf(index => `vm-${String(index).padStart(2, '0')}`);
const empty = { ...forty.moment, checklist: undefined };
const one = { ...forty.moment, checklist: checklistOf([], { over: false, budgetMs: 300 }) };

function textOf(moment: ViewInputs, columns: number, rows: number, controls: Partial<Controls> = {}): string {
  return pictureOf(moment, { ...INITIAL, checklist: true, ...controls }, { columns, rows }, UNICODE)
    .panels.flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join('')))
    .join('\n');
}

for (const [name, columns, rows, of, controls] of [
  ['checklist-120x40', 120, 40, forty.moment, {}],
  ['checklist-80x24', 80, 24, forty.moment, {}],
  ['checklist-80x24-full', 80, 24, forty.moment, { full: true }],
  ['checklist-40x10', 40, 10, forty.moment, {}],
  ['checklist-80x24-nobody', 80, 24, empty, {}],
] as const)
  test(name, async () => {
    const screen = new DrawnScreen(columns, rows, { ascii: false, color: false });
    const all = { ...INITIAL, checklist: true, chosen: '10.0.0.2', ...controls };
    const picture = pictureOf(of, all, { columns, rows }, UNICODE);
    const text = await screen.show(picture);
    screen.close();
    const { top, height } = picture.panels.find(panel => panel.name === 'checklist')!.box;
    const lines = text.split('\n').slice(top, top + height);
    const shown = lines.map(line => `${line.trimEnd()}\n`).join('');
    if (process.env.UPDATE_SCREENS) writeFileSync(`${FOLDER}${name}.txt`, shown);
    assert.is(shown, readFileSync(`${FOLDER}${name}.txt`, 'utf8'));
  });

test('at any size it fills its box and overlaps nothing', () => {
  for (const moment of [forty.moment, empty, one])
    for (const columns of [1, 5, 20, 39, 40, 63, 64, 80, 120, 300])
      for (const rows of [1, 2, 3, 6, 10, 16, 24, 40, 80])
        for (const full of [true, false])
          for (const glyphs of [UNICODE, ASCII]) {
            const controls = { ...INITIAL, checklist: true, full };
            const { panels } = pictureOf(moment, controls, { columns, rows }, glyphs);
            const area = panels.reduce((sum, { box }) => sum + box.width * box.height, 0);
            const where = `${columns}x${rows} ${full}`;
            assert.ok(area <= columns * rows, where);
            for (const { box, lines } of panels) {
              assert.ok(box.top >= 0 && box.top + box.height <= rows, where);
              assert.is(lines.length, box.height, where);
              for (const line of lines) assert.is(lineWidth(line), box.width, where);
            }
          }
});

test('problems stay on the smallest screen, and items that do not fit are counted', () => {
  const text = textOf(forty.moment, 40, 10);
  assert.match(text, /■ vm-41/);
  assert.match(text, /■ vm-08/);
  assert.match(text, /and \d+ more/);
  assert.match(
    textOf(forty.moment, 120, 40),
    /30 of 40 moved · 1 twice · 1 unexpected · 1 over 300 ms · 1 moving/,
  );
});

test('a whole list is shown if it fits, each name once', () => {
  const text = textOf(forty.moment, 120, 40, { full: true });
  for (const index of Array.from({ length: 41 }, (_, each) => String(each + 1).padStart(2, '0')))
    assert.is(text.match(new RegExp(`vm-${index}\\b`, 'g'))?.length, 1, index);
});

test('names from outside act on nothing, on screen and in the report', () => {
  const evil = '\x1b[2Jevil\u202e';
  const { moment, list } = fortyOf(index => `${evil}${index}`);
  for (const [columns, rows] of [
    [120, 40],
    [80, 24],
    [40, 10],
  ] as const)
    assert.not.match(textOf(moment, columns, rows), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  const report = maintenanceText(
    maintenanceReport(list, moment.info.targets, timeFormatOf('local', START).time),
  );
  assert.not.match(report, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test('the report has a line for every move, and pass or fail by the estimate, doubtful where the bounds are', () => {
  const entries = [
    {
      target: '10.0.0.1',
      marked: true,
      waiting: false,
      moves: [move(1, 296), move(9, 301, { expected: false })],
    },
    { target: '10.0.0.2', marked: true, waiting: true, moves: [] },
    { target: '10.0.0.3', marked: false, waiting: false, moves: [move(2, 305, { expected: false })] },
    { target: '10.0.0.4', marked: true, waiting: false, moves: [move(3, 12, { sure: false })] },
  ];
  const list = checklistOf(entries, { over: true, budgetMs: 300 });
  assert.is(
    maintenanceText(
      maintenanceReport(
        list,
        new SyntheticSession(['web', 'db', 'cache']).info.targets,
        timeFormatOf('local', START).time,
      ),
    ),
    `--- maintenance NOT PASSED: 2 of 3 moved, 1 twice, 1 unexpected, 2 over 300 ms ---
target    state        when      blackout                 unreachable  budget
cache     unexpected   10:00:02  305 ms (301-309 ms)           325 ms  FAIL
web       moved twice  10:00:01  296 ms (292-300 ms)           316 ms  pass
          unexpected   10:00:09  301 ms (297-305 ms)           321 ms  FAIL?
db        not moved
10.0.0.4  moved        10:00:03  12 ms (8-16 ms) unclear        32 ms  pass
? by the estimate: the bounds of the blackout lie on both sides of the budget
`,
  );
  const passed = checklistOf([entries[3]!], { over: true, budgetMs: 300 });
  assert.match(
    maintenanceText(maintenanceReport(passed, [], timeFormatOf('local', START).time)),
    /^--- maintenance PASSED: 1 of 1 moved, budget 300 ms ---/,
  );
});

test.run();
