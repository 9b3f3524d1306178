/**
 * The page of an event, of a real migration and of events that lack what old recordings lack, as a user sees it.
 * UPDATE_SCREENS=1 writes the screens anew: read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../src/core/event.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { excerptOf } from '../../src/ui/history/witnesses.js';
import { actionOf } from '../../src/ui/keys/keys.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { press } from '../../src/ui/model/press.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { choicesOf } from '../../src/ui/view/choices.js';
import { stepsOf } from '../../src/ui/view/event-steps.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, START, SyntheticSession } from '../support/synthetic.js';
import { viewedSession } from '../support/viewed.js';
import { watchedRecording } from '../support/watched-recording.js';

process.env.TZ = 'UTC';
const test = suite('event page');
const FOLDER = fileURLToPath(new URL('../../../test/ui/screens/', import.meta.url));
const held = await watchedRecording('lan-held');
const looks = await watchedRecording('lan-lookalikes');

function screenOf(
  moment: ViewInputs,
  controls: Partial<Controls>,
  columns: number,
  rows: number,
  ascii = false,
) {
  const glyphs = ascii ? ASCII : UNICODE;
  const { panels } = pictureOf(moment, { ...INITIAL, ...controls }, { columns, rows }, glyphs);
  const lines = panels.flatMap(panel => panel.lines.map(line => line.map(({ text }) => text).join('')));
  return lines.map(line => line.trimEnd()).join('\n');
}

function pressed(moment: ViewInputs, ...keys: string[]): Controls {
  return keys.reduce(
    (controls, key) => press(controls, actionOf(key, 'live')!, choicesOf(moment, controls)),
    INITIAL,
  );
}

for (const [columns, rows, ascii] of [
  [120, 40],
  [100, 30],
  [80, 24],
  [80, 24, true],
  [40, 10],
] as const)
  test(`of a migration at ${columns}x${rows}${ascii ? ' in ASCII' : ''}`, () => {
    const shown = `${screenOf(held, { event: 'e3', page: 0 }, columns, rows, ascii)}\n`;
    const file = `${FOLDER}event-page-${columns}x${rows}${ascii ? '-ascii' : ''}.txt`;
    if (process.env.UPDATE_SCREENS) writeFileSync(file, shown);
    assert.is(shown, readFileSync(file, 'utf8'));
    if (ascii) assert.not.match(shown.replace(/→/g, ''), /[▼⠀-⣿┊]/);
  });

test("its figures are the hypervisor's: the standstill within 2 ms, and the losses between stop and resume", () => {
  const { truth } = JSON.parse(readFileSync('recordings/lan-held.truth.json', 'utf8'));
  const moves = truth.filter(({ type }: { type: string }) => type === 'migration');
  const events = held.state.events.newestFirst().reverse();
  assert.is(events.length, moves.length);
  for (const [index, { event }] of events.entries()) {
    const page = pictureOf(
      held,
      { ...INITIAL, event: event.id, page: 0 },
      { columns: 120, rows: 40 },
      UNICODE,
    ).view.page!;
    const { stop, resume } = moves[index];
    const behind = page.steps.find(step => step.startsWith('guest clock'))!;
    const [, value, unit] = /([\d.]+) (m?s) behind/.exec(behind)!;
    const standstill = Number(value) * (unit === 's' ? 1000 : 1);
    assert.ok(
      Math.abs(standstill - (resume - stop) * 1000) < 6,
      `${behind}, really ${(resume - stop) * 1000}`,
    );
    const { graph } = page.axis;
    assert.ok(graph.from < stop * 1000 && graph.to > resume * 1000, 'the blackout is on the axis');
    const dotAt = (second: number) =>
      Math.floor(((second * 1000 - graph.from) / (graph.to - graph.from)) * graph.buckets.count);
    const lost = [...graph.buckets.status].flatMap((status, dot) => (status === 3 ? [dot] : []));
    assert.ok(Math.min(...lost) >= dotAt(stop) - 3 && Math.max(...lost) <= dotAt(resume) + 3);
  }
});

test('Enter opens the page of the shown event, e turns to older ones, and Esc closes first the page', () => {
  assert.is(pressed(held, 'enter').full, true, 'without an event it is the graph');
  const open = pressed(held, 'e', 'enter');
  assert.equal([open.event, open.page], ['e6', 0]);
  const older = pressed(held, 'e', 'enter', 'down', 'e');
  assert.equal([older.event, older.page], ['e5', 0]);
  assert.match(screenOf(held, older, 120, 40), /id e5/);
  const closed = pressed(held, 'e', 'enter', 'escape');
  assert.equal([closed.event, closed.page], ['e6', undefined]);
  assert.is(pressed(held, 'e', 'enter', 'escape', 'escape').event, undefined);
  assert.is(pressed(held, 'e', 'enter', 'enter').page, undefined);
});

test('a page higher than the screen is turned, and nothing of it is lost', () => {
  const whole = screenOf(held, { event: 'e3', page: 0 }, 80, 60).split('\n');
  const parts = [0, 1, 2].map(page => screenOf(held, { event: 'e3', page }, 80, 20).split('\n'));
  for (const line of whole.slice(1, -1).filter(Boolean))
    assert.ok(
      parts.some(part => part.includes(line)),
      line,
    );
  assert.match(parts[1]![0]!, /2\/2 up down/);
  assert.equal(parts[2], parts[0], 'after the last part comes the first');
});

test('on the page the keys of the page are the hints, and none that does nothing there', () => {
  const last = screenOf(held, { event: 'e3', page: 0 }, 120, 40).split('\n').at(-1)!;
  assert.match(last, /Esc back {2}o write {2}e event/);
  assert.not.match(last, /filter|zoom/);
});

test('lookalikes say what they are and what would speak for a migration', () => {
  for (const [id, steps, rival] of [
    ['e2', /→ pause 9\d %/, /migration +What did the guest clock do\?|migration +Was the target announced\?/],
    [
      'e4',
      /unreachable \d+ ms .* continued.*outage 9\d %/s,
      /migration +What did the guest clock do\? Stood/,
    ],
  ] as const) {
    const text = screenOf(looks, { event: id, page: 0 }, 120, 60);
    assert.match(text, steps);
    assert.match(text, rival);
  }
});

test('what spoke against a verdict is on its page', () => {
  const { state, info, now } = sessionWith({
    against: [{ witness: 'announce', summary: 'nothing was announced' }],
  });
  const text = screenOf({ state, info, now, holdMs: 0 }, { event: 'm-10.0.0.2', page: 0 }, 100, 40);
  assert.match(text, /── against it ─+\n {2}announce +nothing was announced/);
});

test('an event of an old recording, without figures, rule and samples, has a page too', () => {
  const { state, info, now } = sessionWith({}, false);
  const text = screenOf({ state, info, now, holdMs: 0 }, { event: 'm-10.0.0.2', page: 0 }, 100, 40);
  assert.match(text, /unreachable 402 ms → guest clock stepped −350 ms → migration 99 %/);
  assert.match(text, /the samples of this time are no longer kept/);
});

test('text from a recording cannot act on the terminal', () => {
  const evil = '\x1b]0;owned\x07\u202e';
  const { state, info, now } = sessionWith({
    rule: evil,
    evidence: [
      { witness: evil, summary: evil },
      { witness: 'clock', summary: evil },
    ],
    against: [{ witness: 'echo', summary: evil }],
  });
  const text = screenOf({ state, info, now, holdMs: 0 }, { event: 'm-10.0.0.2', page: 0 }, 100, 40);
  assert.not.match(text, /[\x1b\x07\u202e]/);
});

test('without a figure the evidence in words is the step', () => {
  const event: MigrationEvent = {
    ...migrationOf('a'),
    stuntimeMs: undefined!,
    evidence: [
      { witness: 'echo', summary: 'a clean gap' },
      { witness: 'hypervisor', summary: 'the hypervisor reports a job' },
      { witness: 'echo', summary: '1 lost' },
    ],
  };
  assert.equal(stepsOf(event), ['1 lost', 'the hypervisor reports a job', 'migration 99 %']);
});

test('w begins with the detector that decided', () => {
  const chosen = { chosen: '10.77.0.10' };
  const of = (moment: ViewInputs, event: string) =>
    press({ ...INITIAL, ...chosen, event }, 'statistic', choicesOf(moment, { ...INITIAL, ...chosen, event }));
  assert.is(of(held, 'e3').statistic, 'announcement');
  assert.is(of(looks, 'e1').statistic, 'clock-step');
  const all = choicesOf(held, { ...INITIAL, ...chosen, event: 'e3' }).detectors;
  assert.equal([...all].sort(), ['announcement', 'clock-step', 'cusum', 'loss', 'threshold', 'z-score']);
});

test('a viewer has a lane of its own, with its buffer and where it stalled', () => {
  // Full at second 20, dry at 30, silent until 34.
  const moment = viewedSession(50, [[20, 34]]);
  const event = {
    ...migrationOf('10.0.0.2'),
    ...{ id: 'e9', startedAt: START + 31_000, endedAt: START + 33_000, detectedAt: START + 31_200 },
  };
  moment.state.events.put(event);
  const lines = screenOf(moment, { event: 'e9', page: 0 }, 120, 60).split('\n');
  const title = lines.findIndex(line => line.includes('the viewer: its buffer, and where it stalled'));
  assert.match(lines[title + 1]!, / 10 s ┤/);
  assert.match(lines[title + 2]!, / 0 s ┤ *║.*║/);
  const calm = { ...event, id: 'e10', startedAt: START + 10_000, endedAt: START + 12_000 };
  moment.state.events.put(calm);
  const playing = screenOf(moment, { event: 'e10', page: 0 }, 120, 60);
  assert.match(playing, /the viewer: its buffer/);
  assert.not.match(playing, /║/);
  assert.not.match(screenOf(held, { event: 'e3', page: 0 }, 120, 60), /the viewer/);
});

test('the lane of a viewer outlasts its samples', () => {
  const moment = viewedSession(50, [[20, 34]]);
  const excerpt = excerptOf(moment.state.of('10.0.0.2'), START + 20_000, START + 40_000);
  const states: string[] = [];
  excerpt.playback!.since(START + 30_000, (_, __, state) => states.push(state));
  assert.ok(states.includes('stalled') && states.includes('playing'));
});

/** The synthetic session with its migration changed; without samples if they are not kept. */
function sessionWith(change: Partial<MigrationEvent>, kept = true) {
  const session = new SyntheticSession(['web', 'db']);
  const state = new CountedState({ targets: 2, intervalMs: 50 });
  for (const step of session.take(52)) if (kept) state.take(step);
  const [step] = session.next();
  state.take({ ...step!, events: [{ ...migrationOf('10.0.0.2'), ...change }] });
  return { state, info: session.info, now: START + 52_000 };
}

test.run();
