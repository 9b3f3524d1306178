import type { MigrationEvent } from '../../core/event.js';
import { timeFormatOf, type Zone } from '../../core/format/time-of-day.js';
import type { TargetChange } from '../../core/session-info.js';
import type { Step } from '../../core/step.js';
import type { RowData } from '../../recording/rows.js';
import type { RestoredState, SessionSink } from '../../session/sink.js';
import { monotonicNow } from '../../system/clock.js';
import { Keyboard } from '../../system/keyboard.js';
import { suspend } from '../../system/suspend.js';
import { onRestore, prefersAscii, supportsColor, TerminalOutput } from '../../system/terminal.js';
import type { DashboardOptions, DashboardPorts } from '../dashboard/ports.js';
import { handlerOf } from '../keys/keys.js';
import { INITIAL } from '../model/controls.js';
import type { ScreenAction } from '../model/press.js';
import { SessionState } from '../model/state.js';
import { ASCII, type Glyphs, UNICODE } from '../style/glyphs.js';
import { lineWidth, type TextLine } from '../style/spans.js';
import { type Palette, paletteFor } from '../style/themes.js';
import type { ViewInputs } from '../view/inputs.js';
import type { Frame, Mounted } from './app.js';
import { frameOf } from './frame.js';
import { loadInk } from './ink.js';
import { InkOutput } from './ink-output.js';
import { paneActionOf } from './keys.js';
import { PaneQueue } from './queue.js';

const FRAME_MS = 500;
const SLOW_FRAME_MS = 2000;
/** Resize events come in bursts while a user drags a border. */
const RESIZED_MS = 50;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_SCREEN = '\x1b[2J\x1b[H';
const ERASE_UPWARDS = '\x1b[2K\x1b[1A';
const ERASE_BELOW = '\r\x1b[J';

/** Opens the inline view on standard output's terminal. Throws where there is no terminal to read keys from. */
export async function openPane(options: DashboardOptions, ports: DashboardPorts): Promise<Pane> {
  const { mount } = await loadInk();
  return new Pane(options, ports, mount);
}

/** A few lines that stay in place at the bottom of an ordinary screen, and above them a history of events. */
export class Pane implements SessionSink {
  private readonly state: SessionState;
  private readonly queue = new PaneQueue();
  private readonly output = new TerminalOutput(process.stdout);
  private readonly ink = new InkOutput(this.output);
  private readonly glyphs: Glyphs;
  private readonly palette: Palette;
  private readonly keyboard: Keyboard;
  private readonly mounted: Mounted & { clear(): void; unmount(): void };
  private readonly timer: NodeJS.Timeout;
  private readonly restore: () => void;
  private readonly onResized = () => void setTimeout(() => this.frame(), RESIZED_MS);
  private readonly onResumed = () => this.resume();
  private drawn: readonly TextLine[] = [];
  /** The keys are shown in place of the targets. */
  private help = false;
  private suspended = false;
  private closed = false;

  constructor(
    private readonly options: DashboardOptions,
    private readonly ports: DashboardPorts,
    mount: (output: InkOutput, frame: Frame) => Mounted & { clear(): void; unmount(): void },
  ) {
    const { targets, intervalMs } = ports.info();
    this.state = new SessionState({ targets: targets.length, intervalMs, tally: ports.tally });
    const ascii = options.ascii || prefersAscii(process.env);
    this.glyphs = ascii ? ASCII : UNICODE;
    const colors = options.color && supportsColor(process.env) ? process.stdout.getColorDepth() : 1;
    this.palette = paletteFor(2 ** colors, options.theme);
    this.keyboard = new Keyboard(key => this.pressed(key));
    this.restore = onRestore(() => this.end());
    process.on('exit', this.restore);
    process.on('SIGCONT', this.onResumed);
    process.stdout.on('resize', this.onResized);
    this.mounted = mount(this.ink, this.next());
    this.ink.commit(HIDE_CURSOR);
    this.timer = setInterval(() => this.frame(), options.slow ? SLOW_FRAME_MS : FRAME_MS);
  }

  take(step: Step): void {
    this.state.take(step);
    for (const event of step.events) this.queue.take(event);
  }

  jump(state: RestoredState): void {
    this.state.jump(state);
  }

  recall(step: Step): void {
    this.state.recall(step);
  }

  get zone(): Zone {
    return this.options.zone;
  }

  reset(reset: RowData['reset']): void {
    this.state.reset(reset);
  }

  target(change: TargetChange, closed: readonly MigrationEvent[]): void {
    this.state.target(change, closed);
    for (const event of closed) this.queue.take(event);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.restore();
  }

  /** Whether the terminal is stalled: a write to it would block for ever. */
  get stalled(): boolean {
    return this.output.busy;
  }

  /** Draws the current moment, unless the terminal has not taken the last frame yet. */
  private frame(): void {
    this.output.flush();
    if (this.closed || this.suspended || this.output.busy) return;
    const erased = this.output.resized ? this.resize() : '';
    this.mounted.show(this.next());
    const ring = this.ports.bell?.ring(monotonicNow()) ? '\x07' : '';
    this.ink.commit(ring + erased);
  }

  /** Returns the escape sequences that erase rows which the terminal made by wrapping and which ink does not count. */
  private resize(): string {
    this.output.resize();
    const { columns } = this.output;
    const surplus = this.drawn.map(line => Math.ceil(Math.max(1, lineWidth(line)) / columns) - 1);
    return ERASE_UPWARDS.repeat(surplus.reduce((sum, rows) => sum + rows, 0));
  }

  private next(): Frame {
    const { columns, rows } = this.output;
    const moment = this.moment();
    const { glyphs, palette, help } = this;
    const messages = { ...this.queue.next(moment.info.notices), help };
    const wall = timeFormatOf(this.options.zone, moment.now);
    const { plain, ...frame } = frameOf(moment, messages, { columns, rows }, { glyphs, palette, wall });
    this.drawn = plain;
    return frame;
  }

  private moment(): ViewInputs {
    const { state, ports, options } = this;
    return {
      ...{ state, info: ports.info(), now: ports.now(), holdMs: options.holdMs },
      recording: ports.recording?.(),
      checklist: ports.checklist?.(),
    };
  }

  private pressed(key: string): void {
    const action = paneActionOf(key);
    if (!action) return;
    handlerOf(this.acts, action)?.();
    handlerOf(this.ports.keys.acts, action)?.(undefined, INITIAL);
    this.frame();
  }

  private readonly acts: Record<ScreenAction | 'help', () => void> = {
    quit: () => this.ports.quit('q'),
    interrupt: () => this.ports.quit('SIGINT'),
    redraw: () => this.redraw(CLEAR_SCREEN),
    suspend: () => this.suspend(),
    help: () => {
      this.help = !this.help;
    },
  };

  /** Redraws, whatever the terminal shows. */
  private redraw(first: string): void {
    this.mounted.show({ ...this.next(), history: '' });
    this.ink.commit(first);
  }

  private suspend(): void {
    this.suspended = true;
    this.mounted.clear();
    this.ink.commit();
    this.output.write(SHOW_CURSOR);
    suspend(
      () => this.keyboard.release(),
      () => this.suspended && this.resume(),
    );
  }

  /** Takes the terminal back from the shell (SIGCONT). */
  private resume(): void {
    if (this.closed) return;
    this.suspended = false;
    this.keyboard.take();
    // Ink erases as many lines as it drew, so give it blank ones.
    this.redraw(HIDE_CURSOR + '\n'.repeat(this.drawn.length));
  }

  /** Restores the terminal, below the history. Synchronous, and bounded in time. */
  private end(): void {
    this.closed = true;
    process.off('exit', this.restore);
    process.off('SIGCONT', this.onResumed);
    process.stdout.off('resize', this.onResized);
    this.output.end(() => {
      this.mounted.clear();
      this.ink.commit();
      this.output.write(`${ERASE_BELOW}${SHOW_CURSOR}`);
    });
    this.mounted.unmount();
    this.keyboard.close();
  }
}
