import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session.js';
import type { Sink, Step } from '../../core/step.js';
import type { RecordingState } from '../../recording/record-switch.js';
import { knowsColor, onRestore, openKeyboard, prefersAscii, TerminalOutput } from '../../system/terminal.js';
import { type Choices, type Controls, INITIAL, press } from '../controls.js';
import { ASCII, type Glyphs, UNICODE } from '../glyphs.js';
import { type Action, actionOf, type Mode } from '../keys.js';
import { type KeyPress, type Prompt, typed } from '../prompt.js';
import type { ReplayState } from '../replay.js';
import type { Question, SessionKeys } from '../session-keys.js';
import { type Known, SessionState } from '../state.js';
import type { Moment } from '../view.js';
import { type Picture, pictureOf } from './picture.js';
import { Screen } from './screen.js';

const FRAME_MS = 200;

export interface DashboardOptions {
  ascii: boolean;
  color: boolean;
  /** How long a light stays red. */
  holdMs: Millis;
  /** Begin with events as recorded beside those judged now. */
  comparison?: boolean;
}

/** What a dashboard asks of the session around it. */
export interface DashboardPorts {
  info(): SessionInfo;
  now(): Millis;
  quit(reason: 'q' | 'SIGINT'): void;
  /** What keys do to the session. */
  keys: SessionKeys;
  recording?(): RecordingState | undefined;
  /** How the recording is being played; absent where the session is live. */
  replay?(): ReplayState;
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
  private readonly mode: Mode;
  private controls: Controls = INITIAL;
  /** The one that waits for its answer. */
  private question: Question | undefined;
  private frozen: Moment | undefined;

  constructor(
    private readonly options: DashboardOptions,
    private readonly ports: DashboardPorts,
  ) {
    const { targets, intervalMs } = ports.info();
    this.mode = ports.replay ? 'replay' : 'live';
    this.controls = { ...INITIAL, comparison: options.comparison ?? false };
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
    this.screen.onKey(press => this.pressed(press));
    this.timer = setInterval(() => this.frame(), FRAME_MS);
    this.frame();
  }

  take(step: Step): void {
    this.state.take(step);
  }

  /** The session is elsewhere now, and this is what is known there. */
  jump(known: Known): void {
    this.state.restart(known);
  }

  /** Counts anew. */
  reset(target?: TargetId): void {
    this.state.tally.reset(target);
  }

  /** Gives the terminal back. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    process.removeListener('SIGCONT', this.resumed);
    process.removeListener('exit', this.restore);
    this.restore();
  }

  /** The terminal took nothing any more, to the very end: whatever is written there would wait for ever. */
  get stalled(): boolean {
    return this.output.busy;
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
    const { state, ports, options } = this;
    return {
      ...{ state, info: ports.info(), now: ports.now(), holdMs: options.holdMs },
      recording: ports.recording?.(),
      replay: ports.replay?.(),
    };
  }

  private pressed(press: KeyPress): void {
    if (this.question) this.answer(this.question, press);
    else {
      const action = actionOf(press.key, this.mode);
      if (!action) return;
      this.act(action);
      this.keepFrozen();
    }
    this.frame();
  }

  private act(action: Action): void {
    const { acts, questions } = this.ports.keys;
    this.question = questions[action];
    const prompt = this.question && { label: this.question.label, text: '' };
    this.acts[action]?.();
    const changes = acts[action]?.();
    const controls = press(this.controls, action, this.choices());
    this.controls = { ...controls, ...changes, ...(prompt && { prompt, help: false }) };
  }

  /** A key goes to the question that waits. */
  private answer(question: Question, press: KeyPress): void {
    const { prompt, ...rest } = this.controls;
    const next = typed(prompt!, press);
    const kept = next === 'entered' ? this.submit(question, prompt!) : next === 'left' ? undefined : next;
    if (!kept) this.question = undefined;
    this.controls = kept ? { ...rest, prompt: kept } : rest;
  }

  /** The prompt stays, with what was wrong, until the answer is taken. */
  private submit(question: Question, prompt: Prompt): Prompt | undefined {
    try {
      question.answer(prompt.text);
      return undefined;
    } catch (error) {
      return { ...prompt, problem: (error as Error).message };
    }
  }

  /** What keys do to the screen beyond changing what is looked at. */
  private readonly acts: Partial<Record<Action, () => void>> = {
    quit: () => this.ports.quit('q'),
    interrupt: () => this.ports.quit('SIGINT'),
    reset: () => this.reset(),
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
