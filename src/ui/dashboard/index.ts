import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session.js';
import type { Sink, Step } from '../../core/step.js';
import { knowsColor, onRestore, openKeyboard, prefersAscii, TerminalOutput } from '../../system/terminal.js';
import { type Choices, type Controls, INITIAL, press } from '../controls.js';
import { ASCII, type Glyphs, UNICODE } from '../glyphs.js';
import { type Action, actionOf } from '../keys.js';
import { SessionState } from '../state.js';
import type { Moment } from '../view.js';
import { type Picture, pictureOf } from './picture.js';
import { Screen } from './screen.js';

const FRAME_MS = 200;

export interface DashboardOptions {
  ascii: boolean;
  color: boolean;
  /** How long a light stays red. */
  holdMs: Millis;
}

/** What a dashboard asks of the session around it. */
export interface DashboardPorts {
  info(): SessionInfo;
  now(): Millis;
  quit(reason: 'q' | 'SIGINT'): void;
}

/** Opens the full screen on standard output's terminal. Throws where there is no terminal to read keys from. */
export async function openDashboard(options: DashboardOptions, ports: DashboardPorts): Promise<Dashboard> {
  return new Dashboard(options, ports);
}

/** The full-screen monitor: takes steps at any rate and draws a few times a second. */
export class Dashboard implements Sink {
  private readonly state: SessionState;
  private readonly output = new TerminalOutput(process.stdout);
  private readonly glyphs: Glyphs;
  private readonly screen: Screen;
  private readonly timer: NodeJS.Timeout;
  private readonly restore: () => void;
  private readonly resumed = () => this.screen.resume();
  private controls: Controls = INITIAL;
  private frozen: Moment | undefined;

  constructor(
    private readonly options: DashboardOptions,
    private readonly ports: DashboardPorts,
  ) {
    const { targets, intervalMs } = ports.info();
    this.state = new SessionState({ targets: targets.length, intervalMs });
    const ascii = options.ascii || prefersAscii(process.env);
    this.glyphs = ascii ? ASCII : UNICODE;
    this.screen = new Screen(this.output, openKeyboard(), {
      ascii,
      color: options.color && knowsColor(process.env),
    });
    this.restore = onRestore(() => this.screen.end());
    process.on('exit', this.restore);
    process.on('SIGCONT', this.resumed);
    this.screen.onKey(key => this.pressed(key));
    this.timer = setInterval(() => this.frame(), FRAME_MS);
    this.frame();
  }

  take(step: Step): void {
    this.state.take(step);
  }

  /** Gives the terminal back. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    process.removeListener('SIGCONT', this.resumed);
    process.removeListener('exit', this.restore);
    this.restore();
  }

  /** Draws what there is to see now, unless the terminal has not taken the last frame yet. */
  private frame(): void {
    this.output.flush();
    if (this.output.busy) return;
    if (this.output.resized) this.screen.resize(this.picture());
    else this.screen.show(this.picture());
  }

  private picture(): Picture {
    const [columns, rows] = this.output.actualSize();
    return pictureOf(this.frozen ?? this.moment(), this.controls, { columns, rows }, this.glyphs);
  }

  private moment(): Moment {
    return { state: this.state, info: this.ports.info(), now: this.ports.now(), holdMs: this.options.holdMs };
  }

  private pressed(key: string): void {
    const action = actionOf(key);
    if (!action) return;
    this.acts[action]?.();
    this.controls = press(this.controls, action, this.choices());
    this.keepFrozen();
    this.frame();
  }

  /** What keys do beyond changing what is looked at. */
  private readonly acts: Partial<Record<Action, () => void>> = {
    quit: () => this.ports.quit('q'),
    interrupt: () => this.ports.quit('SIGINT'),
    reset: () => this.state.tally.reset(),
    redraw: () => this.screen.redraw(),
  };

  private choices(): Choices {
    const { state, info, now } = this.frozen ?? this.moment();
    return {
      targets: info.targets.map(({ target }) => target),
      events: state.events.newestFirst().map(({ event }) => event),
      now,
    };
  }

  /** Frozen, we look at a copy of the moment, while the session itself goes on. */
  private keepFrozen(): void {
    if (this.controls.frozenAt === undefined) this.frozen = undefined;
    else this.frozen ??= { ...this.moment(), state: this.state.snapshot() };
  }
}
