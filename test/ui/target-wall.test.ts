/**
 * The wall of hundreds of targets as a user sees it.
 * UPDATE_SCREENS=1 writes the screens anew: read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hostOfConnection } from '../../src/core/hypervisor/host-name.js';
import { type Picture, pictureOf } from '../../src/ui/dashboard/picture.js';
import { actionOf } from '../../src/ui/keys/keys.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { press } from '../../src/ui/model/press.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { choicesOf } from '../../src/ui/view/choices.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, pauseOf, START, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
const test = suite('wall of targets');
const FOLDER = fileURLToPath(new URL('../../../test/ui/screens/', import.meta.url));

/** So many targets on three hosts, of which target 1 migrated and target 2 paused. */
function momentOf(count: number): ViewInputs {
  const names = Array.from({ length: count }, (_, index) => `${['node', 'db', 'web'][index % 3]}-${index}`);
  const session = new SyntheticSession(names);
  const state = new CountedState({ targets: count, intervalMs: 50 });
  for (const step of session.take(1)) state.take(step);
  const now = START + 1000;
  state.events.put({ ...migrationOf('10.0.0.2'), startedAt: START });
  state.events.put({ ...pauseOf('10.0.0.3'), startedAt: START + 500 });
  state.of('10.0.0.2').light = { target: '10.0.0.2', light: 'red', at: now, why: 'unreachable' };
  state.of('10.0.0.3').light = { target: '10.0.0.3', light: 'amber', at: now, why: 'queued' };
  return { state, info: session.info, now, holdMs: 30_000 };
}

const hundreds = momentOf(240);

function draw(moment: ViewInputs, controls: Controls, columns = 80, rows = 24, ascii = false): Picture {
  return pictureOf(moment, controls, { columns, rows }, ascii ? ASCII : UNICODE);
}

function textOf({ panels }: Picture): string {
  const lines = panels.flatMap(panel => panel.lines.map(line => line.map(({ text }) => text).join('')));
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

function pressed(moment: ViewInputs, keys: readonly string[], from: Controls = INITIAL): Controls {
  let controls = from;
  for (const key of keys) {
    const { view } = draw(moment, controls);
    const chosen = view.wallView ? (controls.chosen ?? '10.0.0.2') : controls.chosen;
    controls = press({ ...controls, chosen }, actionOf(key, 'live')!, choicesOf(moment, controls, view));
  }
  return controls;
}

for (const [columns, rows, ascii] of [
  [120, 40, false],
  [80, 24, false],
  [80, 24, true],
] as const)
  test(`240 targets at ${columns}x${rows}${ascii ? ' in ASCII' : ''}`, () => {
    const shown = textOf(draw(hundreds, { ...INITIAL, wall: true }, columns, rows, ascii));
    const file = `${FOLDER}wall-${columns}x${rows}${ascii ? '-ascii' : ''}.txt`;
    if (process.env.UPDATE_SCREENS) writeFileSync(file, shown);
    assert.is(shown, readFileSync(file, 'utf8'));
  });

test('each target has one cell, whose shape and letter say what its colour says', () => {
  for (const [columns, rows] of [
    [80, 24],
    [200, 60],
  ] as const) {
    const { wallView } = draw(hundreds, { ...INITIAL, wall: true }, columns, rows).view;
    const ids = wallView!.rows.flat();
    assert.is(new Set(ids).size, 240);
    assert.is(ids.length, 240);
    const cells = wallView!.lines.flatMap(line => ('cells' in line ? line.cells : []));
    assert.equal(
      cells.filter(({ light }) => light !== 'green').map(({ target, letter }) => `${target} ${letter}`),
      ['10.0.0.2 M', '10.0.0.3 P'],
    );
  }
});

test('a thousand targets on a small screen show the part around the chosen one, within the box', () => {
  const moment = momentOf(1500);
  const controls = { ...INITIAL, wall: true, chosen: '10.0.0.1500' };
  const picture = draw(moment, controls, 60, 16);
  const cells = picture.view.wallView!.lines.flatMap(line => ('cells' in line ? line.cells : []));
  assert.ok(cells.some(({ chosen }) => chosen));
  for (const line of textOf(picture).trimEnd().split('\n')) assert.ok(line.length <= 60);
});

test('the keys of the wall are the hints', () => {
  const last = textOf(draw(hundreds, { ...INITIAL, wall: true }, 120, 40))
    .trimEnd()
    .split('\n')
    .at(-1)!;
  assert.match(last, /Enter open {2}Esc back {2}W wall/);
});

test('arrows move over the cells, Enter opens the newest event of a target, or without one the list', () => {
  const open = pressed(hundreds, ['S-w']);
  assert.is(open.wall, true);
  const { rows } = draw(hundreds, open).view.wallView!;
  const at = (controls: Controls) => controls.chosen;
  const [first, second] = rows;
  const start = { ...open, chosen: first![0] };
  assert.is(at(pressed(hundreds, ['right'], start)), first![1]);
  assert.is(at(pressed(hundreds, ['right', 'down'], start)), second![1]);
  assert.is(at(pressed(hundreds, ['down', 'up', 'up'], start)), first![0]);
  assert.is(at(pressed(hundreds, Array(first!.length).fill('right'), start)), second![0]);
  const page = pressed(hundreds, ['enter'], { ...open, chosen: '10.0.0.2' });
  assert.equal([page.event, page.page], ['m-10.0.0.2', 0]);
  assert.match(textOf(draw(hundreds, page)), /migration of db-1/);
  const back = pressed(hundreds, ['escape'], page);
  assert.equal([back.page, back.wall], [undefined, true], 'Esc returns to the wall');
  const list = pressed(hundreds, ['enter'], { ...open, chosen: '10.0.0.7' });
  assert.equal([list.wall, list.chosen, list.page], [false, '10.0.0.7', undefined]);
  assert.is(pressed(hundreds, ['escape'], open).wall, false);
});

const HOST1 = 'libvirt:qemu+ssh://root@host1/system';
const HOST2 = 'qmp:host2:4444';
const domain = (target: string, host: string, status: string, at = START) => ({
  ...{ target, at, knownAt: at, probe: 'hypervisor', seq: 0 },
  outcome: { kind: 'domain' as const, host, link: 'up' as const, status },
});
const titlesOf = (moment: ViewInputs, controls: Controls) =>
  draw(moment, controls, 120, 40).view.wallView!.lines.flatMap(line =>
    'title' in line ? [`${line.title} ${line.size}`] : [],
  );

test('G groups by host: the one that the hypervisor reports, else that of the label, and follows a move', () => {
  const session = new SyntheticSession(['web-1', 'web-2', 'rack7/db-1', 'rack7/db-2', 'cache-1']);
  const state = new CountedState({ targets: 5, intervalMs: 50 });
  for (const step of session.take(1)) state.take(step);
  const reports = (...samples: ReturnType<typeof domain>[]) => {
    for (const sample of samples) state.take({ sample, verdicts: [], lights: [], events: [] });
  };
  const moment = { state, info: session.info, now: START + 1000, holdMs: 30_000 };
  const named = { ...INITIAL, wall: true };
  assert.equal(titlesOf(moment, named), ['web 2', 'rack7/db 2', 'others 1']);
  const byHost = pressed(moment, ['S-g'], named);
  assert.equal(titlesOf(moment, byHost), ['rack7 2', 'host unknown 3']);
  reports(domain('10.0.0.1', HOST1, 'running'), domain('10.0.0.2', HOST1, 'running'));
  assert.equal(titlesOf(moment, byHost), ['host1 2', 'rack7 2', 'host unknown 1']);
  reports(domain('10.0.0.2', HOST2, 'running'), domain('10.0.0.2', HOST1, 'postmigrate'));
  assert.equal(titlesOf(moment, byHost), ['host1 1', 'host2 1', 'rack7 2', 'host unknown 1']);
  assert.equal(titlesOf(moment, pressed(moment, ['S-g'], byHost)), ['web 2', 'rack7/db 2', 'others 1']);
});

test('without any host, the wall says how to name them; a hostile host is harmless', () => {
  const byHost: Controls = { ...INITIAL, wall: true, wallBy: 'host' };
  assert.match(titlesOf(hundreds, byHost).join(), /^host unknown: use --hypervisor or labels HOST.NAME 240$/);
  const evil = momentOf(3);
  evil.state.take({
    sample: domain('10.0.0.1', 'a\x1b[2Jb', 'running'),
    verdicts: [],
    lights: [],
    events: [],
  });
  assert.not.match(textOf(draw(evil, byHost)), /\x1b/);
});

test('G is among the hints of the wall', () => {
  const text = textOf(draw(hundreds, { ...INITIAL, wall: true }, 120, 40));
  assert.match(text.trimEnd().split('\n').at(-1)!, /G group/);
});

test('a connection leads to its host', () => {
  for (const [connection, host] of [
    ['libvirt:qemu:///system', 'this machine'],
    ['libvirt:qemu+ssh://root@host1/system', 'host1'],
    ['libvirt:qemu+tcp://10.0.0.9:16509/system', '10.0.0.9'],
    ['qmp:/run/a.qmp', 'this machine'],
    ['qmp:tcp:host2:4444', 'host2'],
    ['qmp:host2:4444', 'host2'],
    ['something else', 'something else'],
  ] as const)
    assert.is(hostOfConnection(connection), host);
});

test.run();
