import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import { SimulatedVm } from '../../probes/sim/model.js';
import { SimulatedPath } from '../../probes/sim/path.js';
import { seeded } from '../../src/core/statistics/random.js';
import { SessionEngine } from '../../src/session/engine.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { TIME_SPANS } from '../../src/ui/graph/window.js';
import { actionOf, keysOf } from '../../src/ui/keys/keys.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { press } from '../../src/ui/model/press.js';
import {
  type LayoutInputs,
  LIGHT_WIDTH,
  layOut,
  type Rectangle,
  type ScreenSize,
} from '../../src/ui/panels/layout.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { lineWidth } from '../../src/ui/style/spans.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, START, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
const test = suite('picture');

function sessionOf(names: string[], seconds: number) {
  const session = new SyntheticSession(names);
  const state = new CountedState({ targets: names.length, intervalMs: 50 });
  for (const step of session.take(seconds)) state.take(step);
  return { state, info: session.info, now: START + seconds * 1000, holdMs: 30_000 };
}

function textOf(moment: ViewInputs, columns: number, rows: number, controls: Partial<Controls> = {}) {
  return pictureOf(moment, { ...INITIAL, ...controls }, { columns, rows }, UNICODE)
    .panels.flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join('')))
    .join('\n');
}

const busy = sessionOf(
  ['web', 'db', 'cache', 'sim:demo', ...Array.from({ length: 20 }, (_, i) => `host-${i}`)],
  45,
);
const VARIANTS: Partial<Controls>[] = [
  {},
  { full: true },
  { help: true },
  { histogram: true },
  { frozenAt: START },
  { comparison: true },
  { prompt: { label: 'note', text: 'a long text indeed', problem: 'and what is wrong with it' } },
  { listing: { sort: 'loss', reversed: true, filter: 'host', grouped: true, folded: ['host'] } },
];

/** Both sides of every width at which the layout or a panel changes what it shows, and the extremes. */
const COLUMNS = [1, 20, 63, 64, 300];
const ROWS = [1, 2, 5, 8, 15, 16, 40, 80];

/** What may have to be shown, drawn at random, alone and together. */
function anyContents(random: () => number): LayoutInputs {
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)]!;
  const flag = () => pick(true, false);
  return {
    ...{ targets: pick(0, 1, 2, 24, 1000), notices: pick(0, 1, 5), notes: pick(0, 1, 5) },
    ...{
      clock: flag(),
      job: flag(),
      viewer: flag(),
      otherObserver: flag(),
      full: flag(),
      histogram: flag(),
      figures: flag(),
    },
    ...{ cursor: pick(undefined, {}), help: flag(), replay: flag(), comparison: flag(), checklist: flag() },
    ...(flag() && { statistic: 'loss' }),
    checklistRows: pick(0, 3, 30),
    bookmarks: flag(),
  };
}

/** Why these boxes are no division of the screen; undefined where they are. */
function misplaced(boxes: readonly Rectangle[], { columns, rows }: ScreenSize): string | undefined {
  let cells = 0;
  for (const [index, { top, left, width, height }] of boxes.entries()) {
    if (top < 0 || height < 1 || top + height > rows) return 'rows outside of the screen';
    if (left < 0 || width < 1 || left + width > columns) return 'columns outside of the screen';
    for (const other of boxes.slice(0, index))
      if (top < other.top + other.height && other.top < top + height)
        if (left < other.left + other.width && other.left < left + width) return 'an overlap';
    cells += width * height;
  }
  return cells < columns * rows ? 'an empty place' : undefined;
}

test('at any size, whatever there is to show, the panels fill the screen and overlap nowhere', () => {
  const random = seeded(13);
  for (let draw = 0; draw < 100; draw++) {
    const contents = anyContents(random);
    for (const columns of [...COLUMNS, LIGHT_WIDTH - 1, LIGHT_WIDTH, LIGHT_WIDTH + 1])
      for (let rows = 1; rows <= 80; rows++) {
        const { help, ...layout } = layOut({ columns, rows }, contents);
        const wrong = misplaced(Object.values(layout), { columns, rows });
        if (wrong) assert.unreachable(`${wrong} at ${columns}x${rows} of ${JSON.stringify(contents)}`);
        if (contents.help) assert.equal(help, { top: 0, left: 0, width: columns, height: rows });
      }
  }
});

test('wherever a panel changes what it shows, its lines fill its box exactly', () => {
  const alone = sessionOf(['a'], 0);
  const none = { ...alone, info: { ...alone.info, targets: [] } };
  const empty = { pairs: [], gaps: [], notes: [] };
  const replay = { speed: 0.1, paused: true, startedAt: START, endedAt: START, ...empty };
  for (const [moment, shown] of [busy, alone, none, { ...sessionOf(['web', 'db'], 45), replay }].entries())
    for (const [column, columns] of COLUMNS.entries())
      for (const [row, rows] of ROWS.entries())
        for (const [variant, controls] of VARIANTS.entries()) {
          // In turn, so that each size, moment and variant is drawn with both.
          const glyphs = [UNICODE, ASCII][(moment + column + row + variant) % 2]!;
          const { panels } = pictureOf(shown, { ...INITIAL, ...controls }, { columns, rows }, glyphs);
          const where = `at ${columns}x${rows} ${JSON.stringify(controls)}`;
          for (const { name, box, lines } of panels) {
            assert.is(lines.length, box.height, `${name} ${where}`);
            for (const line of lines) assert.is(lineWidth(line), box.width, `${name} ${where}`);
          }
        }
});

test('a pane of 40x10 has light, name, last RTT and the newest event', () => {
  const text = textOf(sessionOf(['web', 'db'], 45), 40, 10);
  assert.match(text, /● GREEN web +[\d.]+ µs/);
  assert.match(text, /■ RED {3}db +[\d.]+ ms/);
  assert.match(text, /migration 10:00:40 db/);
  assert.match(text, /blackout 350 ms/);
});

test('a loss is a mark of its own and never a low bar', () => {
  const text = textOf(sessionOf(['web', 'db'], 45), 120, 40, { chosen: '10.0.0.2' });
  const row = text
    .split('\n')
    .find(line => line.includes('RED   db'))!
    .trimEnd();
  assert.is(row.match(/×/g)?.length, 1);
  assert.match(row, /×.{4}$/, 'four whole seconds ago, the newest at the right');
  assert.match(text, /lost │ +×/);
});

test('until a target is chosen, the light and the graph are those of the worst one', () => {
  const shown = (seconds: number, controls: Partial<Controls> = {}) =>
    textOf(sessionOf(['web', 'db'], seconds), 120, 40, controls).match(/── (\S+) \(\S+\) · RTT/)?.[1];
  assert.is(shown(5), 'web', 'the first while all are green');
  assert.is(shown(45), 'db');
  assert.is(shown(45, { chosen: '10.0.0.1' }), 'web', 'a chosen target stays');
});

test('the first screen: the simulated VM migrates, and its light turns red with the freeze that its clock shows', () => {
  const names = ['127.0.0.1', 'sim:demo'];
  const { info } = new SyntheticSession(names);
  const [real, simulated] = info.targets.map(({ target }) => target) as [string, string];
  const vm = new SimulatedVm({
    ...{ seed: 3, rttMs: 0.9, blackoutMs: 350, firstMs: 6000, everyMs: 45_000, lossPercent: 0 },
    announcements: 5,
  });
  const { stopMs, resumeMs } = vm.migration(0);
  const schedule = { bornAt: START, firstSlot: START, intervalMs: 50, timeoutMs: 1000, clockMs: 100 };
  const samples = new SimulatedPath(simulated, vm, schedule).advance(START + 15_000);
  const engine = new SessionEngine(defaultChoices(), 30_000);
  engine.begin(info.targets);
  const state = new CountedState({ targets: 2, intervalMs: 50 });
  const answer = { target: real, probe: 'icmp', seq: 0, outcome: { kind: 'reply', rttMs: 0.1 } } as const;
  for (const sample of [{ ...answer, at: START, knownAt: START }, ...samples])
    state.take(engine.take(sample)!);
  const event = state.events.newestFirst()[0]!.event;
  assert.is(event.kind, 'migration');
  assert.ok(Math.abs(event.blackoutMs!.estimate - (resumeMs - stopMs)) < 1, 'within a millisecond');
  const text = textOf({ state, info, now: START + 15_000, holdMs: 30_000 }, 120, 40);
  assert.match(text, /RED/);
  assert.match(text, /migration/);
  assert.match(text, new RegExp(`blackout ${Math.round(resumeMs - stopMs)}`));
});

test('a simulated target is marked in every list', () => {
  const lines = textOf(
    sessionOf(['sim:primary', 'sim:a-very-long-name-that-must-be-cut-somewhere'], 45),
    80,
    24,
    { chosen: 'sim:primary' },
  );
  const named = lines.split('\n').filter(line => /pri|a-v/.test(line));
  assert.ok(named.length >= 4);
  for (const line of named) assert.match(line, /SIMULATED/);
});

test('a recording’s words are made harmless', () => {
  const evil = '\x1b[2Jevil\u202e';
  const moment = sessionOf(['a', 'b'], 1);
  const shown = {
    ...moment,
    info: { ...moment.info, version: evil },
    recording: { name: evil, bytes: 1, trouble: evil },
    replay: {
      ...{ speed: 1, paused: false, startedAt: START, endedAt: START + 1000, gaps: [], notes: [] },
      pairs: [{ recorded: { ...migrationOf(evil), startedAt: START }, agrees: false }],
    },
  };
  assert.match(textOf(shown, 120, 40, { comparison: true }), /recorded[\s\S]*evil/);
  for (const [columns, rows] of [
    [120, 40],
    [40, 10],
  ] as const)
    assert.not.match(
      textOf(shown, columns, rows, { comparison: true }),
      /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/,
    );
});

test('names, evidence and notices from outside are made harmless', () => {
  const evil = '\x1b[2Jevil\u202e';
  const moment = sessionOf([evil, 'b'], 1);
  const event = { ...migrationOf('10.0.0.1'), evidence: [{ witness: 'echo', summary: evil }] };
  moment.state.events.put(event);
  moment.state.of('10.0.0.1').light = { target: '10.0.0.1', light: 'red', at: START, why: evil };
  moment.info = { ...moment.info, notices: [evil] };
  for (const controls of VARIANTS)
    for (const [columns, rows] of [
      [120, 40],
      [40, 10],
    ] as const)
      assert.not.match(textOf(moment, columns, rows, controls), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test('a frozen picture does not change while the session continues, and shows its state in words', () => {
  const session = new SyntheticSession(['web', 'db']);
  const state = new CountedState({ targets: 2, intervalMs: 50 });
  for (const step of session.take(30)) state.take(step);
  const moment = { state: state.snapshot(), info: session.info, now: START + 30_000, holdMs: 30_000 };
  const before = textOf(moment, 120, 40, { frozenAt: moment.now });
  for (const step of session.take(30)) state.take(step);
  state.tally.reset();
  assert.is(textOf(moment, 120, 40, { frozenAt: moment.now }), before);
  assert.match(before, /FROZEN at 10:00:30/);
  assert.not.match(before, /migration/);
});

test('an old event is still shown after its probes have left the ring', () => {
  const session = new SyntheticSession(['web', 'db']);
  // 4000 targets leave 1000 probes for each, which is 50 s.
  const state = new CountedState({ targets: 4000, intervalMs: 50 });
  for (const step of session.take(120)) state.take(step);
  const moment = { state, info: session.info, now: START + 120_000, holdMs: 30_000 };
  const lost = (controls: Partial<Controls>) =>
    textOf(moment, 120, 40, { chosen: '10.0.0.2', span: TIME_SPANS.indexOf(15_000), ...controls }).match(
      /lost │.*/,
    )![0];
  assert.not.match(lost({}), /×/);
  assert.match(lost({ event: 'm-10.0.0.2' }), /×/);
});

test('with 1000 targets the list pages to the chosen one and the lights of all are counted', () => {
  const moment = sessionOf(
    Array.from({ length: 1000 }, (_, index) => `vm-${index}`),
    1,
  );
  const text = textOf(moment, 80, 24, { chosen: '10.0.0.778' });
  assert.match(text, /▸ ● GREEN vm-777 /);
  assert.match(text, /● 1000/);
  assert.match(text, /777-784 of 1000/);
});

test('a target that was never probed has no loss, neither in the list nor among the percentiles', () => {
  const never = sessionOf(['web', 'nowhere'], 0);
  const text = textOf(never, 100, 30, { figures: true });
  assert.match(text, /nowhere +- +- +- +- /);
  assert.not.match(text, /0 %/);
});

const CHOICES = {
  targets: ['a', 'b', 'c'],
  events: [
    { id: 'e2', target: 'c', startedAt: START - 5000, red: true },
    { id: 'e1', target: 'b', startedAt: START - 9000, red: false },
  ],
  now: START,
  notices: [],
  began: START - 600_000,
  window: { from: START - 60_000, to: START, cells: 60 },
  page: 10,
  groups: [],
  bounds: () => ({ low: 0.2, high: 5 }),
  detectors: ['cusum', 'loss'],
};
const after = (...keys: string[]) =>
  keys.reduce((controls, key) => press(controls, actionOf(key, 'live')!, CHOICES), INITIAL);

test('a red event is seen once it is shown or acknowledged; A leaves others to their own change of colour', () => {
  assert.equal([...after('e').seen], ['e2']);
  assert.equal([...after('S-a').seen], ['e2']);
  assert.equal([...after('e', 'e', 'e').seen], ['e2', 'e1']);
});

test('arrows and j/k move through the targets and stop at the ends', () => {
  assert.is(after('j').chosen, 'b');
  assert.is(after('down', 'j', 'j', 'down').chosen, 'c');
  assert.is(after('j', 'k').chosen, 'a');
  assert.is(after('up').chosen, 'a');
});

test('e goes from the newest event to older ones and then back to now', () => {
  assert.equal([after('e').event, after('e').chosen], ['e2', 'c']);
  assert.equal([after('e', 'e').event, after('e', 'e').chosen], ['e1', 'b']);
  assert.is(after('e', 'e', 'e').event, undefined);
  assert.is(after('e', 'escape').event, undefined);
});

test('+ zooms in to half a second, and - out to a day', () => {
  const many = (key: string) => TIME_SPANS[after(...Array(20).fill(key)).span];
  assert.is(many('-'), 86_400_000);
  assert.is(many('+'), 500);
});

test('space, Enter, h and ? toggle', () => {
  assert.is(after('space').frozenAt, START);
  assert.is(after('space', 'space').frozenAt, undefined);
  assert.equal([after('enter').full, after('enter', 'enter').full], [true, false]);
  assert.equal([after('h').histogram, after('h', 'h').histogram], [true, false]);
  assert.equal([after('?').help, after('?', 'escape').help], [true, false]);
});

test('the help names every key of the table, on one page or on several', () => {
  const words = (text: string) => text.replace(/[─\s]+/g, ' ');
  const wide = words(textOf(busy, 40, 80, { help: true }));
  for (const { label, help } of keysOf('live')) assert.ok(wide.includes(`${label} ${help}`), label);
  for (const [columns, rows] of [
    [40, 10],
    [80, 24],
    [100, 12],
  ] as const) {
    const pages = Array.from({ length: 12 }, (_, helpPage) =>
      textOf(busy, columns, rows, { help: true, helpPage: -helpPage }),
    );
    for (const { label, hint, help } of keysOf('live'))
      assert.ok(
        pages.some(text => text.includes(label) && text.includes((rows < 16 ? hint : help).split(' ')[0]!)),
        `${label} at ${columns}x${rows}`,
      );
  }
});

test('older events are shown in full if the lines are free', () => {
  const night = sessionOf(['web', 'db', 'cache'], 52);
  assert.match(textOf(night, 80, 40), /sawtooth of 8\s+late replies/);
  assert.not.match(textOf(night, 80, 24), /late replies/);
});

test('a graph’s heading shows whole facts or none', () => {
  const night = sessionOf(['sim:primary'], 52);
  const cursor = { at: START + 40_000, end: START + 52_000 };
  const headings = [80, 90, 100, 120].map(columns => {
    const text = textOf(night, columns, 24, {
      cursor,
      scaling: { shape: 'log', range: { low: 0.1, high: 5 } },
    });
    return /── primary SIMULATED · (60 s to [\d:]+, 0 for now)(.*?) ─/.exec(text)!;
  });
  for (const [, , facts] of headings) assert.not.match(facts!, /…/);
  assert.match(headings[3]![2]!, /log, fixed 100 µs to 5 ms/);
  assert.is(headings[0]![2], '');
});

test.run();
