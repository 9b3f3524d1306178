import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Millis } from '../../src/core/sample.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { scaleBoundsOf } from '../../src/ui/graph/scaling.js';
import { actionOf } from '../../src/ui/keys/keys.js';
import { type Choices, type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { press } from '../../src/ui/model/press.js';
import type { SessionState } from '../../src/ui/model/state.js';
import { UNICODE } from '../../src/ui/style/glyphs.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import type { View } from '../../src/ui/view/view.js';
import { CountedState } from '../support/counted-state.js';
import { START, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
const test = suite('looking closer');
const DB = '10.0.0.2';
const MINUTES = 6;

/** A session of some minutes, in which db migrates at second 40, and a user who presses keys. */
class Desk {
  readonly state: SessionState;
  controls: Controls = { ...INITIAL, chosen: DB };
  private readonly session = new SyntheticSession(['web', 'db', 'cache']);

  /** `room` for so many targets: the more, the less is kept of each. */
  constructor(
    public now: Millis = START,
    room = 3,
  ) {
    this.state = new CountedState({ targets: room, intervalMs: 50 });
    this.pass((now - START) / 1000);
  }

  pass(seconds: number): this {
    for (const step of this.session.take(seconds)) this.state.take(step);
    this.now = Math.max(this.now, START) + (this.now === START ? seconds * 1000 : 0);
    return this;
  }

  view(): View {
    return this.picture().view;
  }

  text(): string {
    return this.picture()
      .panels.flatMap(({ lines }) => lines.map(line => line.map(({ text }) => text).join('')))
      .join('\n');
  }

  press(...keys: string[]): this {
    for (const key of keys) this.controls = press(this.controls, actionOf(key, 'live')!, this.choices());
    return this;
  }

  private picture() {
    const moment: ViewInputs = {
      ...{ state: this.state, info: this.session.info, now: this.now, holdMs: 30_000, notes: [] },
    };
    return pictureOf(moment, this.controls, { columns: 120, rows: 40 }, UNICODE);
  }

  private choices(): Choices {
    const targets = this.session.info.targets.map(({ target }) => target);
    return {
      ...{ targets, now: this.now, notices: [], began: START, window: this.view().graph },
      events: this.state.events.newestFirst().map(({ event }) => event),
      page: 10,
      groups: [],
      bounds: () => scaleBoundsOf(targets.map(target => this.state.tally.of(target).rtt)),
      detectors: ['cusum'],
    };
  }
}

const desk = () => new Desk(START + MINUTES * 60_000);
const at = (seconds: number) => START + seconds * 1000;

test('help or a theme chooses no target: after it, the worst one is still shown', () => {
  const choices = { targets: [DB], groups: [], detectors: [] } as unknown as Choices;
  assert.is(press(INITIAL, 'help', choices, '10.0.0.1').chosen, undefined);
  assert.is(press(INITIAL, 'theme', choices, '10.0.0.1').chosen, undefined);
  assert.is(
    press(INITIAL, 'statistic', choices, '10.0.0.1').chosen,
    '10.0.0.1',
    'this one is about a target',
  );
});

test('left moves the graph back by a quarter, to the beginning and no further; right and 0 bring it back', () => {
  const user = desk();
  const live = user.view().graph;
  const back = user.press('left').view().graph;
  assert.ok(Math.abs(live.to - back.to - 15_000) < 1000, `${live.to - back.to} ms`);
  assert.is(back.to - back.from, 60_000);
  user.now += 5000;
  assert.is(user.view().graph.to, back.to, 'it stands still while time passes');
  user.now -= 5000;
  user.press(...Array(60).fill('left'));
  assert.ok(user.view().graph.from <= START && user.view().graph.from > START - 15_500);
  assert.match(user.text(), /60 s to 10:0[01]:\d\d, 0 for now/);
  user.press(...Array(60).fill('right'));
  assert.is(user.controls.end, undefined);
  assert.is(user.view().graph.to, live.to);
  assert.is(user.press('left', 'left', '0').view().graph.to, live.to);
});

test('the cursor shows RTTs, losses, the event and the detectors in alarm', () => {
  const user = desk().press('e', 'v');
  const { cursor, graph } = user.view();
  assert.ok(cursor!.from <= at(40) && at(40) < cursor!.to, 'it begins on the event that is looked at');
  assert.ok(Math.abs(cursor!.to - cursor!.from - 60_000 / graph.cells) < 0.01);
  // Probes every 50 ms from second 40.001 on, of which those until 40.35 were lost.
  const expected = Array.from({ length: 7 }, (_, index) => at(40) + 1 + 50 * index);
  assert.is(cursor!.counts.lost, expected.filter(each => each < cursor!.to).length);
  assert.match(
    user.text(),
    /▸ 10:00:39\.\d{3} \+\d+ ms · .* of \d+ lost · migration 350 ms · above limit: cusum/,
  );
  const calm = user.press(...Array(12).fill('right')).view().cursor!;
  assert.is(calm.column - cursor!.column, 12, 'one column a key');
  assert.is(calm.counts.lost, 0);
  assert.match(user.text(), /none lost · no detector above limit/);
});

test('the window follows the cursor over its edge, and zooming keeps the place', () => {
  const user = desk().press('v');
  const { cells, to } = user.view().graph;
  const { cursor } = user.controls;
  user.press(...Array(cells + 5).fill('left'));
  const moved = user.view();
  assert.ok(moved.graph.to < to && moved.cursor!.from >= moved.graph.from);
  assert.ok(Math.abs(cursor!.at - user.controls.cursor!.at - ((cells + 5) * 60_000) / cells) < 1);
  const place = user.controls.cursor!.at;
  for (const key of ['+', '+', '-', '-', '-']) {
    const { graph, cursor: shown } = user.press(key).view();
    assert.ok(shown!.from <= place && place < shown!.to, `${key}: ${graph.to - graph.from}`);
  }
  assert.ok(user.press('v').view().graph.to >= user.now, 'without a cursor it is live again');
});

test('the slots replace single probes that are no longer kept, and the heading says so', () => {
  const user = new Desk(START + MINUTES * 60_000, 4000);
  user.press(...Array(22).fill('left'));
  const { graph } = user.view();
  assert.ok(graph.from <= at(40) && at(41) < graph.to);
  assert.ok(graph.stepMs >= 1000);
  assert.match(user.text(), /in steps of \d+ s/);
  assert.match(user.text(), /lost │ +×/);
  const figures = user.press('p').view().figures!;
  assert.equal(figures.window.quantiles.slice(0, 4), [undefined, undefined, undefined, undefined]);
  assert.is(figures.window.quantiles[4], 45);
});

test('a recording entered late shows its history from the beginning', () => {
  const steps = new SyntheticSession(['web', 'db', 'cache']).take(MINUTES * 60);
  const user = new Desk();
  user.now = START + MINUTES * 60_000;
  for (const step of steps.slice(-3000)) user.state.take(step);
  user.press('-', '-', '-');
  const lost = () => user.text().match(/lost │.*/)![0];
  assert.not.match(lost(), /×/);
  for (const step of steps) user.state.recall(step);
  assert.match(lost(), /×/);
  assert.is(user.view().graph.stepMs, 1000);
});

test('one peak does not move the scale while it passes, nor when it leaves', () => {
  const user = new Desk();
  const session = new SyntheticSession(['web', 'db', 'cache']);
  const scales: string[] = [];
  for (let second = 0; second < 130; second++) {
    for (const step of session.take(1)) user.state.take(step);
    user.now = at(second + 1);
    const [top = ''] = user.text().match(/[\d.]+ [µm]?s(?= ┤)/) ?? [];
    if (second > 20 && top !== scales.at(-1)) scales.push(top);
  }
  // 45 ms pass at second 40; the rest is noise around 1.2 ms.
  assert.ok(scales.length <= 4, scales.join());
  for (const top of scales) assert.match(top, /^(1\.\d|2) ms$/);
});

test('y gives all targets one scale, and l goes through its shapes', () => {
  const user = desk();
  const labels = () =>
    user
      .text()
      .match(/[\d.]+ [µm]?s ┤/g)!
      .join();
  const own = labels();
  user.press('y');
  const [db, web] = [labels(), user.press('k') && labels()];
  assert.is(db, web);
  assert.match(user.text(), /fixed 200 µs to 5 ms/);
  user.press('j', 'y');
  assert.is(labels(), own);
  const names = ['l', 'l', 'l'].map(
    key =>
      user
        .press(key)
        .text()
        .match(/linear|log(?!-)/)?.[0],
  );
  assert.equal(names, ['linear', 'log', undefined]);
});

test('w shows the statistic with its limit, and p the figures of window and session', () => {
  const user = desk().press('e', '+', 'w');
  const { statistic, graph } = user.view();
  const column = (second: number) =>
    Math.floor(((at(second) - graph.from) / 30_000) * statistic!.levels.length);
  assert.ok(statistic!.levels[column(39)]! < 128, 'calm before');
  // Three times the limit lies at three quarters.
  assert.ok(Math.abs(statistic!.levels[column(40.4)]! - 191) <= 6, `${statistic!.levels[column(40.4)]}`);
  assert.match(user.text(), /── cusum 1, limit 11.8/);
  assert.match(user.text(), /limit ┤┄+/);
  const { window, session } = user.press('w', 'p').view().figures!;
  assert.is(user.view().statistic, undefined);
  assert.is(session.sent, MINUTES * 60 * 20);
  assert.is(session.lost, 7);
  assert.is(window.sent, 600);
  assert.is(window.lost, 7);
  assert.is(window.quantiles[4], 45);
  assert.is(session.quantiles[4], 45);
});

test.run();
