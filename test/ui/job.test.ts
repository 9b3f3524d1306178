import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timeFormatOf } from '../../src/core/format/time-of-day.js';
import type { Outcome, Sample } from '../../src/core/sample.js';
import { pictureOf } from '../../src/ui/dashboard/picture.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';
import { paneLines, roomIn } from '../../src/ui/pane/lines.js';
import { paneViewOf } from '../../src/ui/pane/view.js';
import { layOut } from '../../src/ui/panels/layout.js';
import { ASCII, UNICODE } from '../../src/ui/style/glyphs.js';
import { lineWidth, type TextLine } from '../../src/ui/style/spans.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from '../support/counted-state.js';
import { START, SyntheticSession } from '../support/synthetic.js';

const test = suite('migrations on screen, as hypervisors report them');
const MB = 1e6;
const HOST = 'qmp:/run/a.qmp';

/**
 * Targets whose migrations begin at second 20 and send 512 MB at 320 Mbit/s; at second 30 the guest stops, and 300 ms later
 * it resumes.
 */
function migrating(names: readonly string[], seconds: number, more: object = {}): ViewInputs {
  const session = new SyntheticSession(names);
  const state = new CountedState({ targets: names.length, intervalMs: 50 });
  for (const step of session.take(seconds)) state.take(step);
  for (const { target } of session.info.targets)
    for (const sample of reports(target, more))
      if (sample.knownAt <= START + seconds * 1000)
        state.take({ sample, verdicts: [], lights: [], events: [] });
  return { state, info: session.info, now: START + seconds * 1000, holdMs: 30_000 };
}

function reports(target: string, more: object): Sample[] {
  let seq = 0;
  const sample = (second: number, outcome: Outcome): Sample => {
    const at = START + second * 1000;
    return { at, knownAt: at, target, probe: 'qmp', seq: seq++, outcome };
  };
  const active = Array.from({ length: 100 }, (_, index) => {
    const sent = index * 4.8 * MB;
    return sample(20 + index / 10, {
      ...{ kind: 'job', host: HOST, direction: 'outgoing', status: 'active', mbps: 320, transport: 'clear' },
      ...{ transferred: sent, remaining: 512 * MB - sent, total: 512 * MB, 'dirty-sync-count': 1, ...more },
    });
  });
  const event = (name: string, status: string, second: number) =>
    sample(second, {
      ...{ kind: 'domain', host: HOST, link: 'up', status, event: name },
      ...{ eventAt: START + second * 1000 + 7000, offsetMs: 7000, errorMs: 1 },
    });
  return [
    ...active,
    event('STOP', 'paused', 30),
    event('RESUME', 'running', 30.3),
    sample(30.4, {
      ...{ kind: 'job', host: HOST, direction: 'outgoing', status: 'completed', downtime: 280 },
      ...{ 'total-time': 10_400, transferred: 512 * MB, total: 512 * MB, remaining: 0 },
    }),
  ];
}

const textOf = (lines: readonly TextLine[]) => lines.map(line => line.map(({ text }) => text).join(''));
const pictured = (
  moment: ViewInputs,
  columns = 80,
  rows = 24,
  glyphs = UNICODE,
  more: Partial<Controls> = {},
) => pictureOf(moment, { ...INITIAL, chosen: '10.0.0.1', ...more }, { columns, rows }, glyphs);
const panel = (name: string, ...given: Parameters<typeof pictured>) =>
  textOf(
    pictured(...given)
      .panels.filter(each => each.name === name)
      .flatMap(({ lines }) => lines),
  );

test('the list says how far a migration is, and for how long it goes on', () => {
  const moment = migrating(['web', 'db'], 26);
  const [, web] = panel('targets', moment, 120, 40);
  // Of 512 MB, 60 times 4.8 MB are sent: 56 %; the rest takes 224 MB × 8 / 320 Mbit/s.
  assert.match(web!, /moving 56 %, 6 s left/);
  assert.match(panel('targets', moment)[1]!, /moving 56 %, 6 s left/);
  assert.match(panel('targets', moment, 40, 24)[0]!, /moving 56 %/);
  const pane = paneViewOf(moment, {
    ...roomIn({ columns: 80, rows: 5 }, 2),
    wall: timeFormatOf('utc', START),
  });
  assert.match(textOf(paneLines(pane, { columns: 80, rows: 5 }, UNICODE))[0]!, /moving 56 %/);
});

test('after the end, or ten seconds without a report, nothing moves', () => {
  for (const seconds of [32, 60])
    assert.not.match(panel('targets', migrating(['web'], seconds), 120, 40).join(), 'moving');
});

test('forty domains that are evacuated at once are readable at 80×24', () => {
  const names = Array.from({ length: 40 }, (_, index) => `vm-${index}`);
  const rows = panel('targets', migrating(names, 26));
  const shown = rows.filter(row => row.includes('moving 56 %'));
  assert.ok(shown.length >= 3, `${shown.length} rows`);
  for (const row of shown) assert.match(row, /vm-\d+/);
});

test('the strip has the axis of the graph: phases, the memory left as a falling line, and the stop', () => {
  const [heading, phases, top, bottom] = panel('job', migrating(['web'], 32), 120, 40);
  assert.match(heading!, /migration completed · reported 280 ms · in 10\.4 s · 512 MB sent/);
  // 60 s over the columns after the gutter: from second 20 to 30, of a window that ends at 32.
  const cells = phases!.slice(9).length;
  const columnOf = (second: number) => 9 + Math.floor(((second + 28) / 60) * cells);
  const marks = [phases!.indexOf('S'), phases!.indexOf('R'), phases!.indexOf('█')];
  for (const [index, second] of [30, 30.3, 20].entries())
    assert.ok(Math.abs(marks[index]! - columnOf(second)) <= 2, `${marks} for ${columnOf(second)}`);
  assert.ok(/[⠁-⣿]/.test(top!) && /[⠁-⣿]/.test(bottom!), `${top}\n${bottom}`);
  assert.ok((top!.match(/[⠁-⣿]/g) ?? []).length < (bottom!.match(/[⠁-⣿]/g) ?? []).length, 'it falls');
});

test('a migration that does not converge says so', () => {
  const moment = migrating(['web'], 26, { 'dirty-pages-rate': 20_000, 'page-size': 4096 });
  assert.match(panel('job', moment, 120, 40)[0]!, 'does not converge');
  assert.match(panel('targets', moment, 120, 40)[1]!, /moving 56 % /);
});

test('a target without a hypervisor has no strip, and every size has its place for it', () => {
  const session = new SyntheticSession(['web']);
  const state = new CountedState({ targets: 1, intervalMs: 50 });
  for (const step of session.take(5)) state.take(step);
  const moment = { state, info: session.info, now: START + 5000, holdMs: 30_000 };
  assert.equal(panel('job', moment, 120, 40), []);
  const busy = migrating(['web', 'db'], 26);
  for (const columns of [20, 63, 80, 200])
    for (const rows of [8, 16, 24, 60])
      for (const { name, box, lines } of pictured(busy, columns, rows).panels) {
        assert.is(lines.length, box.height, name);
        for (const line of lines) assert.is(lineWidth(line), box.width, `${name} ${columns}x${rows}`);
      }
});

test('in ASCII nothing but ASCII', () => {
  // What is cut gets an ellipsis, which the painter replaces.
  const text = panel('job', migrating(['web'], 26), 80, 24, ASCII)
    .join('')
    .replace('…', '');
  assert.match(text, /^[\x20-\x7e]*$/);
});

test('the strip is there beside a viewer and another observer, as in the demonstration', () => {
  const contents = {
    ...{ targets: 3, notices: 2, clock: true, job: true, viewer: true, notes: 9, otherObserver: true },
    ...{ full: false, histogram: false, figures: false, help: false, wall: false, replay: false },
    ...{ checklist: false, checklistRows: 0, comparison: false, bookmarks: false },
  };
  const { job, otherObserver, viewer } = layOut({ columns: 120, rows: 40 }, contents);
  assert.ok(job && otherObserver && viewer);
});

test.run();
