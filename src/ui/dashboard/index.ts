import type { MigrationEvent } from '../../core/event.js';
import type { Zone } from '../../core/format/time-of-day.js';
import type { TargetChange } from '../../core/session-info.js';
import type { Step } from '../../core/step.js';
import type { RowData } from '../../recording/rows.js';
import { WindowTitle } from '../../session/alerts/title.js';
import type { RestoredState, SessionSink } from '../../session/sink.js';
import { monotonicNow } from '../../system/clock.js';
import { suspend } from '../../system/suspend.js';
import {
  onRestore,
  openKeyboard,
  prefersAscii,
  supportsColor,
  TerminalOutput,
} from '../../system/terminal.js';
import { SessionState } from '../model/state.js';
import { ASCII, type Glyphs, UNICODE } from '../style/glyphs.js';
import { titleOf } from '../view/title.js';
import { DashboardController } from './controller.js';
import type { Picture } from './picture.js';
import type { DashboardOptions, DashboardPorts } from './ports.js';
import { Screen } from './screen.js';

const FRAME_MS = 200;
const SLOW_FRAME_MS = 2000;

/** Opens the full screen on standard output's terminal. Throws where there is no terminal to read keys from. */
export async function openDashboard(options: DashboardOptions, ports: DashboardPorts): Promise<Dashboard> {
  return new Dashboard(options, ports);
}

/** The full-screen monitor: takes steps at any rate and draws a few times a second. */
export class Dashboard implements SessionSink {
  private readonly state: SessionState;
  private readonly output = new TerminalOutput(process.stdout);
  private readonly glyphs: Glyphs;
  private readonly screen: Screen;
  private readonly timer: NodeJS.Timeout;
  private soon: NodeJS.Immediate | undefined;
  private readonly restore: () => void;
  private readonly resumed = () => this.resume();
  /** Whether the shell has the terminal. */
  private suspended = false;
  private readonly title: WindowTitle | undefined;
  private readonly controller: DashboardController;

  constructor(
    options: DashboardOptions,
    private readonly ports: DashboardPorts,
  ) {
    const { targets, intervalMs } = ports.info();
    this.state = new SessionState({ targets: targets.length, intervalMs, tally: ports.tally });
    this.controller = new DashboardController(this.state, options, ports, {
      quit: () => ports.quit('q'),
      interrupt: () => ports.quit('SIGINT'),
      redraw: () => this.screen.redraw(),
      suspend: () => this.suspend(),
    });
    const ascii = options.ascii || prefersAscii(process.env);
    this.glyphs = ascii ? ASCII : UNICODE;
    this.screen = new Screen(this.output, openKeyboard(), {
      ascii,
      color: options.color && supportsColor(process.env),
    });
    this.title = WindowTitle.of(process.env, text => this.output.write(text));
    this.restore = onRestore(() => this.screen.end(() => this.title?.end()));
    process.on('exit', this.restore);
    process.on('SIGCONT', this.resumed);
    this.screen.onKey(key => {
      const { asks } = this.controller;
      if (!this.controller.pressed(key)) return;
      // A key that acts is about what the frame before it shows; typed text is not.
      if (asks) this.frameSoon();
      else this.frame();
    });
    this.screen.onMouse(at => this.controller.pointed(at) && this.frame());
    this.timer = setInterval(() => this.frame(), options.slow ? SLOW_FRAME_MS : FRAME_MS);
    this.frame();
  }

  take(step: Step): void {
    this.state.take(step);
  }

  /** A target was added, changed or removed; its removal closed these events. */
  target(change: TargetChange, closed: readonly MigrationEvent[]): void {
    this.state.target(change, closed);
  }

  /** The session continues from another place. */
  jump(state: RestoredState): void {
    this.state.jump(state);
  }

  /** Takes a step of the whole recording, independent of the session's position. */
  recall(step: Step): void {
    this.state.recall(step);
  }

  /** Resets the statistics of a target, or of all. */
  reset(reset: RowData['reset']): void {
    this.state.reset(reset);
  }

  /** Restores the terminal. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    clearImmediate(this.soon);
    process.removeListener('SIGCONT', this.resumed);
    process.removeListener('exit', this.restore);
    this.restore();
  }

  /** Whether the terminal is stalled: a write to it would block for ever. */
  get stalled(): boolean {
    return this.output.busy;
  }

  /** The zone as last chosen. */
  get zone(): Zone {
    return this.controller.zone;
  }

  private suspend(): void {
    this.suspended = true;
    suspend(
      () => {
        this.title?.end();
        this.screen.suspend();
      },
      () => this.suspended && this.resume(),
    );
  }

  private resume(): void {
    this.suspended = false;
    this.screen.resume();
  }

  /** Draws once all that was typed together is handled: a pasted text is one frame, not one for each character. */
  private frameSoon(): void {
    this.soon ??= setImmediate(() => {
      this.soon = undefined;
      this.frame();
    });
  }

  /** Draws the current moment, unless the terminal has not taken the last frame yet. */
  private frame(): void {
    this.output.flush();
    if (this.suspended || this.output.busy) return;
    const picture = this.picture();
    if (this.output.resized) this.screen.resize(picture);
    else this.screen.show(picture);
    const { lights } = this.controller.isFrozen
      ? titleOf(this.state, this.ports.info(), this.ports.now())
      : picture.view.title;
    this.title?.show(lights, this.glyphs.light);
    if (this.ports.bell?.ring(monotonicNow())) this.output.write('\x07');
  }

  private picture(): Picture {
    const [columns, rows] = this.output.actualSize();
    return this.controller.picture({ columns, rows }, this.glyphs);
  }
}
