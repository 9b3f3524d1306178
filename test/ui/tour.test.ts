/**
 * The tour as a user sees it, from the samples of the simulated VM through the real engine and judge.
 * UPDATE_SCREENS=1 writes the screens anew: read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultChoices } from '../../detectors/index.js';
import { SimulatedVm } from '../../probes/sim/model.js';
import { SimulatedPath } from '../../probes/sim/path.js';
import type { Ability } from '../../src/core/capabilities.js';
import { SessionEngine } from '../../src/session/engine.js';
import { type Picture, pictureOf } from '../../src/ui/dashboard/picture.js';
import { TIME_SPANS } from '../../src/ui/graph/window.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { press } from '../../src/ui/model/press.js';
import { SessionState } from '../../src/ui/model/state.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { lineWidth } from '../../src/ui/style/spans.js';
import { choicesOf } from '../../src/ui/view/choices.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { DrawnScreen } from '../support/blessed-screen.js';
import { START, SyntheticSession } from '../support/synthetic.js';

process.env.TZ = 'UTC';
process.env.TERM = 'xterm-256color';
const test = suite('tour');
const FOLDER = fileURLToPath(new URL('../../../test/ui/screens/', import.meta.url));
const CONTROLS: Controls = { ...INITIAL, span: TIME_SPANS.indexOf(15_000) };
const RAW = 'sudo setcap cap_net_raw+ep "$(readlink -f "$(command -v node)")"';
const ALL: Ability[] = ['echo (icmp-raw)', 'clock', 'clock-http', 'announce', 'stream', 'qmp', 'libvirt'].map(
  name => ({ name, allowed: true }),
);
const FEW = ALL.map(({ name }): Ability => {
  const isRaw = ['clock', 'announce'].includes(name);
  return isRaw ? { name, allowed: false, remedy: RAW } : { name, allowed: name !== 'libvirt' };
});

const VM = new SimulatedVm({
  ...{ seed: 3, rttMs: 0.9, blackoutMs: 1200, firstMs: 0, everyMs: 45_000, lossPercent: 0, announcements: 5 },
});
const { stopMs, resumeMs } = VM.migration(0);

/** The session so many milliseconds after its start. */
function momentAt(ms: number, abilities: readonly Ability[] | undefined = ALL): ViewInputs {
  const { info: synthetic } = new SyntheticSession(['demo']);
  const target = {
    ...synthetic.targets[0]!,
    target: 'sim:demo',
    address: 'simulated',
    backend: 'sim',
    simulated: true,
  };
  const info = { ...synthetic, targets: [{ ...target, witnesses: ['echo', 'clock', 'announce'] }] };
  const engine = new SessionEngine(defaultChoices(), 30_000);
  const state = new SessionState({ targets: 1, intervalMs: 50, tally: engine.tally });
  engine.begin(info.targets);
  engine.attach(state);
  const schedule = { bornAt: START, firstSlot: START, intervalMs: 50, timeoutMs: 1000, clockMs: 100 };
  for (const sample of new SimulatedPath('sim:demo', VM, schedule).advance(START + ms)) engine.take(sample);
  return { state, info, now: START + ms, holdMs: 30_000, tour: { target: 'sim:demo', abilities } };
}

function draw(moment: ViewInputs, controls = CONTROLS, columns = 80, rows = 24, ascii = false): Picture {
  return pictureOf(moment, controls, { columns, rows }, ascii ? ASCII : UNICODE);
}

const captionsAt = (ms: number, controls = CONTROLS) => draw(momentAt(ms), controls).view.tour!.captions;

function textOf(picture: Picture, panel: string): string[] {
  const lines = picture.panels.find(({ name }) => name === panel)?.lines ?? [];
  return lines.map(line =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
}

test('the captions say what is seen at each moment, with the figures of the migration', () => {
  assert.equal(captionsAt(20), ['this simulated VM answers every 50 ms']);
  assert.is(captionsAt(3000).at(-1), 'its own clock is read as well, and runs with ours');
  assert.equal(captionsAt(stopMs + 700), ['it stopped answering 0.7 s ago']);
  const stoodStill = resumeMs - stopMs;
  const captions = captionsAt(resumeMs + 1500);
  const away = Number(/did not answer for ([\d.]+) s/.exec(captions[0]!)![1]);
  const behind = Number(/its own clock is ([\d.]+) s behind: it stood still/.exec(captions[1]!)![1]);
  assert.ok(Math.abs(1000 * away - stoodStill) < 100, captions[0]);
  assert.ok(Math.abs(1000 * behind - stoodStill) < 10, captions[1]);
  assert.match(captions[2]!, /^5 announcements from the new location: it was migrated, 98 % sure$/);
  assert.is(captions[3], 'press Enter for the evidence');
});

test('the verdict is there within ten seconds of the first screen, with the settings of the tour', () => {
  assert.ok(resumeMs + 1500 < 10_000, `${resumeMs}`);
});

test('without announcements and without a clock, the captions claim neither', () => {
  const moment = momentAt(resumeMs + 1500);
  const { event } = moment.state.events.newestFirst()[0]!;
  const { freezeMs: _, ...rest } = event;
  moment.state.events.put({ ...rest, kind: 'outage', confidence: 0.7 });
  const { captions } = draw(moment).view.tour!;
  assert.is(captions[1], 'it answers again');
  assert.match(captions[2]!, /^outage, 70 % sure: /);
  assert.not.match(captions.join(), /migrated|behind/);
});

test('Enter opens the page of the migration, and back from it the user is asked for a host', () => {
  const moment = momentAt(resumeMs + 1500);
  const first = draw(moment);
  assert.match(textOf(first, 'status')[0]!, /Enter open/);
  const opened = press(CONTROLS, 'open', choicesOf(moment, CONTROLS, first.view));
  const page = draw(moment, opened);
  assert.match(textOf(page, 'page').join('\n'), /migration of demo SIMULATED/);
  assert.not.ok(first.view.tour!.invites);
  const closed = press(opened, 'back', choicesOf(moment, opened, page.view));
  assert.ok(draw(moment, closed).view.tour!.invites);
  assert.match(
    captionsAt(resumeMs + 1500, closed).at(-1)!,
    /press a and type a host to watch; \? shows all keys/,
  );
  const asked = { ...closed, prompt: { label: 'host to watch', text: '' } };
  assert.is(
    captionsAt(resumeMs + 1500, asked).at(-1),
    'your turn: type a host to watch; Enter alone shows the evidence',
  );
});

test('a user who only watches is asked for a host a few seconds after the verdict', () => {
  assert.ok(draw(momentAt(resumeMs + 8000)).view.tour!.invites);
});

test('the bar has a mark for each ability, and the command that permits the most of what is missing', () => {
  assert.equal(textOf(draw(momentAt(20, FEW), CONTROLS, 120, 40), 'abilities'), [
    ' this machine: ✓ echo (icmp-raw) ✗ clock ✓ clock-http ✗ announce ✓ stream ✓ qmp ✗ libvirt',
    ` more with: ${RAW}`,
  ]);
  const ascii = textOf(draw(momentAt(20, FEW), CONTROLS, 120, 40, true), 'abilities');
  assert.match(ascii[0]!, /\+ echo \(icmp-raw\) - clock \+ clock-http/);
  const evil = [{ name: 'a\x1b[2Jb', allowed: true }];
  assert.not.match(textOf(draw(momentAt(20, evil)), 'abilities').join(), /\x1b/);
});

test('without a tour there are neither captions nor a bar', () => {
  const { tour: _, ...moment } = momentAt(20);
  const names = draw(moment).panels.map(({ name }) => name as string);
  assert.not.ok(names.includes('tour') || names.includes('abilities'));
});

for (const [columns, rows, abilities, color] of [
  [80, 24, FEW, true],
  [100, 30, ALL, true],
  [120, 40, ALL, false],
] as const)
  test(`the verdict at ${columns}x${rows}${color ? '' : ' without colour'}`, async () => {
    const screen = new DrawnScreen(columns, rows, { ascii: false, color });
    const picture = draw(momentAt(resumeMs + 1500, abilities), CONTROLS, columns, rows);
    const shown = `${(await screen.show(picture)).replace(/ +$/gm, '')}\n`;
    screen.close();
    const file = `${FOLDER}tour-${columns}x${rows}.txt`;
    if (process.env.UPDATE_SCREENS) writeFileSync(file, shown);
    assert.is(shown, readFileSync(file, 'utf8'));
  });

test('at any size every panel fits; captions are there from 8 rows on, and the bar from 24', () => {
  const moment = momentAt(resumeMs + 1500, FEW);
  for (const columns of [40, 63, 80, 100, 300])
    for (const rows of [6, 8, 10, 16, 24, 30, 40, 80]) {
      const { panels } = draw(moment, CONTROLS, columns, rows);
      for (const { name, box, lines } of panels) {
        assert.ok(box.height > 0 && box.top + box.height <= rows, `${name} at ${columns}x${rows}`);
        for (const line of lines) assert.is(lineWidth(line), box.width);
      }
      const names = panels.map(({ name }) => name as string);
      if (rows >= 8) assert.ok(names.includes('tour'), `captions at ${columns}x${rows}`);
      if (rows >= 16) assert.ok(names.includes('graph'), `graph at ${columns}x${rows}`);
      if (rows >= 24) assert.ok(names.includes('abilities'), `bar at ${columns}x${rows}`);
    }
});

test.run();
