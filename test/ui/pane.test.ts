/**
 * The pane as a user sees it: drawn by ink on a terminal emulator, against text files to be read by eye.
 * UPDATE_SCREENS=1 writes the files anew: read the difference before you commit it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MigrationEvent } from '../../src/core/event.js';
import { timeFormatOf } from '../../src/core/format/time-of-day.js';
import type { TerminalOutput } from '../../src/system/terminal.js';
import { type DrawnFrame, frameOf } from '../../src/ui/pane/frame.js';
import { loadInk } from '../../src/ui/pane/ink.js';
import { InkOutput } from '../../src/ui/pane/ink-output.js';
import { keyLines, paneActionOf } from '../../src/ui/pane/keys.js';
import { paneLines, roomIn } from '../../src/ui/pane/lines.js';
import { PaneQueue } from '../../src/ui/pane/queue.js';
import { countsLine, wordsLine } from '../../src/ui/pane/status-line.js';
import { tmuxText } from '../../src/ui/pane/tmux-text.js';
import { paneViewOf } from '../../src/ui/pane/view.js';
import { ASCII, type Glyphs, UNICODE } from '../../src/ui/style/glyphs.js';
import { lineWidth, span } from '../../src/ui/style/spans.js';
import { paletteFor } from '../../src/ui/style/themes.js';
import type { ViewInputs } from '../../src/ui/view/inputs.js';
import { CountedState } from '../support/counted-state.js';
import { migrationOf, pauseOf, START, SyntheticSession } from '../support/synthetic.js';
import { FakeTerminal } from '../support/xterm.js';

const test = suite('pane');
const FOLDER = fileURLToPath(new URL('../../../test/ui/screens/', import.meta.url));
const SECONDS = 52;
const wall = timeFormatOf('utc', START);
const { mount } = await loadInk();

function momentOf(names: readonly string[]): ViewInputs {
  const session = new SyntheticSession(names);
  const state = new CountedState({ targets: names.length, intervalMs: 50 });
  for (const step of session.take(SECONDS)) state.take(step);
  return { state, info: session.info, now: START + SECONDS * 1000, holdMs: 30_000 };
}

const few = momentOf(['web', 'db', 'cache', 'sim:demo']);
const many = momentOf(['web', 'db', 'cache', ...Array.from({ length: 37 }, (_, index) => `vm-${index}`)]);
const quiet = momentOf(['web']);
/** A maintenance of forty VMs: some moved, two of them over budget, and one that was not expected. */
const night: ViewInputs = {
  ...many,
  checklist: {
    ...{ budgetMs: 300, expected: 40, moved: 23, moving: 1, twice: 0, unexpected: 1, overBudget: 3 },
    items: ['10.0.0.2', '10.0.0.3'].map(target => ({
      ...{ target, state: 'moved' as const },
      moves: [
        { id: `m-${target}`, sure: true, open: false, expected: target !== '10.0.0.3' },
        { id: `n-${target}`, sure: true, open: false, expected: true },
      ].map(move => ({ ...move, startedAt: START + 40_000, overBudget: true })),
    })),
  },
};
const recorded = { ...few, recording: { name: 'a.jsonl', bytes: 1_234_567 } };
const NOTHING = { notices: [], events: [], help: false };

/** A pane of a terminal emulator, with ink in it. */
class PaneScreen {
  readonly terminal: FakeTerminal;
  private readonly ink: InkOutput;
  private readonly mounted: ReturnType<typeof mount>;
  raw = '';

  constructor(
    readonly columns: number,
    readonly rows: number,
    first: DrawnFrame,
  ) {
    this.terminal = new FakeTerminal(columns, rows);
    const write = (text: string) => {
      this.raw += text;
      // As the terminal driver does.
      this.terminal.write(text.replaceAll('\n', '\r\n'));
    };
    this.ink = new InkOutput({ columns, rows, write } as unknown as TerminalOutput);
    this.mounted = mount(this.ink, first);
    this.ink.commit();
  }

  async show(frame: DrawnFrame): Promise<string> {
    this.mounted.show(frame);
    this.ink.commit();
    await this.terminal.settled();
    return this.terminal.text();
  }

  close(): void {
    this.mounted.unmount();
    this.terminal.dispose();
  }
}

const bare = (text: string) => text.replace(/\x1b\[[\d;]*m/g, '');

function frame(
  moment: ViewInputs,
  columns: number,
  rows: number,
  {
    glyphs = UNICODE,
    events = [],
    colors = 0,
  }: { glyphs?: Glyphs; events?: MigrationEvent[]; colors?: number } = {},
): DrawnFrame {
  const palette = paletteFor(colors);
  return frameOf(moment, { ...NOTHING, events }, { columns, rows }, { glyphs, palette, wall });
}

const told = { events: [pauseOf('10.0.0.3'), migrationOf('10.0.0.2')] };
const CASES: { name: string; of: ViewInputs; columns: number; rows: number; glyphs?: Glyphs }[] = [
  { name: 'pane-100x10', of: few, columns: 100, rows: 10 },
  { name: 'pane-80x5', of: few, columns: 80, rows: 5 },
  { name: 'pane-60x14-recording', of: recorded, columns: 60, rows: 14 },
  { name: 'pane-60x4-many', of: many, columns: 60, rows: 4 },
  { name: 'pane-80x1-many', of: many, columns: 80, rows: 1 },
  { name: 'pane-80x10-maintenance', of: night, columns: 80, rows: 10 },
  { name: 'pane-80x1-maintenance', of: night, columns: 80, rows: 1 },
  { name: 'pane-80x1', of: quiet, columns: 80, rows: 1 },
  { name: 'pane-20x6', of: few, columns: 20, rows: 6 },
  { name: 'pane-80x8-ascii', of: few, columns: 80, rows: 8, glyphs: ASCII },
];

for (const { name, of, columns, rows, glyphs = UNICODE } of CASES)
  test(name, async () => {
    const screen = new PaneScreen(columns, rows, frame(of, columns, rows, { glyphs }));
    const text = await screen.show(frame(of, columns, rows, { glyphs, ...(rows > 1 && told) }));
    screen.close();
    const shown = `${text.replace(/ +$/gm, '')}\n`;
    if (process.env.UPDATE_SCREENS) writeFileSync(`${FOLDER}${name}.txt`, shown);
    assert.is(shown, readFileSync(`${FOLDER}${name}.txt`, 'utf8'));
  });

test('lines stay in place, events scroll into the history, and nothing of it is cleared', async () => {
  const screen = new PaneScreen(80, 6, frame(few, 80, 6));
  for (let index = 0; index < 20; index++) {
    const event = { ...migrationOf('10.0.0.2'), startedAt: START + index * 1000 };
    await screen.show(frame(few, 80, 6, { events: [event] }));
  }
  const text = screen.terminal.scrollback();
  assert.is(text.match(/migration db/g)?.length, 20);
  assert.is(text.match(/● GREEN web/g)?.length, 1);
  assert.match(screen.terminal.text(), /■ RED {3}db[\s\S]*■ 1 ▲ 0 ● 3/);
  assert.not.match(screen.raw, /\x1b\[[23]J|\x1b\[\?1049h|\x1bc/);
  screen.close();
});

test('a pane of one row keeps its line', async () => {
  const screen = new PaneScreen(80, 1, frame(few, 80, 1));
  for (const event of told.events)
    assert.match(await screen.show(frame(few, 80, 1, { events: [event] })), /^■ 1 ▲ 0 ● 3/);
  assert.match(screen.terminal.scrollback(), /pause cache[\s\S]*migration db/);
  screen.close();
});

test('an event is one line of the history, with how it differs from the plan', () => {
  for (const columns of [40, 80, 120]) {
    const history = bare(frame(night, columns, 10, { events: [migrationOf('10.0.0.2')] }).history!);
    assert.is(history.match(/\n/g)!.length, 1);
    assert.ok(history.trimEnd().length <= columns, history);
  }
  const history = bare(frame(night, 80, 10, { events: [migrationOf('10.0.0.2')] }).history!);
  assert.match(history, /^10:00:40 migration db over 300 ms · blackout 350 ms \(300–400\) · unreachable 402/);
});

test('a moving target is above others with the same light', () => {
  const { state, info, now } = momentOf(['web', 'db', 'cache', 'vm']);
  for (const target of ['10.0.0.1', '10.0.0.3', '10.0.0.4'])
    state.of(target).light = { target, light: 'amber', at: now, why: 'a reason' };
  state.events.put({ ...migrationOf('10.0.0.4'), id: 'open', state: 'open' });
  const { rows } = paneViewOf({ state, info, now, holdMs: 0 }, { rows: 2, spark: 0, wall });
  assert.equal(
    rows.map(({ name }) => name),
    ['db', 'vm'],
  );
});

test('? shows the keys in place of the targets, each with its help where there is room', () => {
  const shown = (rows: number) => {
    const style = { glyphs: UNICODE, palette: paletteFor(0), wall };
    return frameOf(few, { ...NOTHING, help: true }, { columns: 60, rows }, style).lines.map(bare);
  };
  assert.equal(shown(12).slice(0, 2), ['q       quit', '?       toggle help']);
  assert.ok(shown(4).length <= 3);
  assert.match(shown(4).join(' '), /q quit {2}\? help {2}R record/);
});

test('the line for tmux colours what matters, and a name can neither run a command nor change the style', () => {
  const view = paneViewOf(night, { rows: 0, spark: 0, wall });
  const line = [...countsLine(view, UNICODE), span(' · '), ...wordsLine(view, UNICODE)];
  assert.match(
    tmuxText(line, { color: true, ascii: false }),
    /^maint 23\/40 · #\[fg=red\]1 moving#\[default\] · #\[fg=yellow\]2 over budget#\[default\] · #\[fg=red\]1 unexpected/,
  );
  const inAscii = [...countsLine(view, ASCII), ...wordsLine(view, ASCII)];
  const plain = tmuxText(inAscii, { color: false, ascii: true });
  assert.match(plain, /^maint 23\/40, 1 moving, 2 over budget, 1 unexpected {2}## 1 \^ 0 o 39/);
  const evil = tmuxText([span('#(reboot) #[fg=red]', 'red')], { color: true, ascii: false });
  assert.is(evil, '#[fg=red]##(reboot) ##[fg=red]#[default]');
});

test('no line is wider and no frame higher than the pane, and the worst come first', () => {
  for (const columns of [1, 2, 5, 10, 14, 20, 39, 40, 47, 56, 64, 80, 120, 300])
    for (const rows of [1, 2, 3, 6, 10, 40, 50])
      for (const moment of [few, many, quiet, recorded]) {
        const size = { columns, rows };
        const view = paneViewOf(moment, { ...roomIn(size, moment.info.targets.length), wall });
        const lines = paneLines(view, size, UNICODE);
        assert.ok(lines.length >= 1 && lines.length <= Math.max(1, rows - 1), `${columns}x${rows}`);
        for (const line of lines) assert.ok(lineWidth(line) <= columns, `${columns}x${rows}`);
      }
  const { rows } = paneViewOf(many, { rows: 2, spark: 0, wall });
  assert.equal(
    rows.map(({ name, light }) => [name, light]),
    [
      ['db', 'red'],
      ['web', 'green'],
    ],
  );
});

test('an event is reported once when it closes, and again only if its kind or colour changes', () => {
  const news = new PaneQueue();
  const event = migrationOf('a');
  const kinds = () => news.next([]).events.map(({ kind }) => kind);
  news.take({ ...event, state: 'open' });
  assert.equal(kinds(), []);
  news.take(event);
  news.take({ ...event, confidence: 1 });
  assert.equal(kinds(), ['migration']);
  news.take({ ...event, kind: 'outage' });
  assert.equal(kinds(), ['outage']);
  news.take({ ...event, kind: 'outage', red: !event.red });
  assert.equal(kinds(), ['outage']);
  for (let index = 0; index < 5000; index++) news.take({ ...event, id: `${index}` });
  assert.ok(kinds().length <= 200, 'what waits for a stalled terminal is bounded');
});

test('a notice is reported once', () => {
  const news = new PaneQueue();
  const next = (...notices: string[]) => news.next(notices).notices;
  assert.equal(next('a', 'b'), ['a', 'b']);
  assert.equal(next('b', 'c'), ['c']);
  assert.equal(next('c', 'a'), ['a']);
});

test('names, reasons and notices from outside are made harmless', () => {
  const evil = '\x1b[2Jevil\u202e';
  const moment = momentOf([evil]);
  moment.state.of('10.0.0.1').light = { target: '10.0.0.1', light: 'red', at: START, why: evil };
  const event = { ...migrationOf('10.0.0.1'), evidence: [{ witness: 'echo', summary: evil }] };
  for (const columns of [20, 60, 120]) {
    const { lines, history: told } = frameOf(
      moment,
      { ...NOTHING, notices: [evil], events: [event] },
      { columns, rows: 10 },
      { glyphs: UNICODE, palette: paletteFor(0), wall },
    );
    assert.match(`${lines.join('')}${told}`, /evil/);
    assert.not.match(
      `${lines.join('\n')}${told}`.replaceAll(/\x1b\[[017]?m/g, ''),
      /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/,
    );
  }
});

test('dashboard keys without a meaning in the pane do nothing, and the others are listed', () => {
  assert.is(paneActionOf('q'), 'quit');
  assert.is(paneActionOf('C-z'), 'suspend');
  assert.is(paneActionOf('enter'), undefined);
  for (const columns of [20, 40, 100]) {
    const lines = keyLines({ columns, rows: 20 });
    for (const line of lines) assert.ok(lineWidth(line) <= columns);
    const text = lines.map(line => line.map(piece => piece.text).join('')).join('\n');
    assert.match(text, /q +quit[\s\S]*\? +(toggle )?help[\s\S]*Ctrl-C +quit/);
  }
});

test('with colour the lights have theirs, and without colour none is sent', async () => {
  const shown = async (colors: number) => {
    const screen = new PaneScreen(80, 8, frame(few, 80, 8, { colors }));
    await screen.show(frame(few, 80, 8, { colors, ...told }));
    const row = screen.terminal
      .text()
      .split('\n')
      .findIndex(line => line.startsWith('■ RED'));
    const { raw } = screen;
    const color = screen.terminal.colorAt(row, 0);
    const [name, last] = ['db', '1.18'].map(text => screen.terminal.line(row).indexOf(text));
    assert.is(screen.terminal.colorAt(row, name!), -1, 'a style ends where it should');
    assert.is(screen.terminal.colorAt(row, last!), -1);
    const simulated = screen.terminal
      .text()
      .split('\n')
      .findIndex(line => line.includes('SIMULATED'));
    const after = screen.terminal.line(simulated).indexOf('11.2');
    assert.is(screen.terminal.colorAt(simulated, after), -1, 'the second ends as well');
    screen.close();
    return { color, raw };
  };
  assert.is((await shown(8)).color, 1);
  assert.ok((await shown(256)).color > 15);
  assert.not.match((await shown(0)).raw, /\x1b\[[\d;]*\b(3[0-8]|4[0-8]|9[0-7])[;m]/);
});

test.run();
