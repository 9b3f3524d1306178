import type { Bell } from '../../alerts/bell.js';
import { WindowTitle } from '../../alerts/title.js';
import type { Checklist } from '../../core/checklist.js';
import type { MigrationEvent } from '../../core/event.js';
import type { Note } from '../../core/note.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo, TargetChange } from '../../core/session.js';
import type { Sink, Step } from '../../core/step.js';
import type { RecordingState } from '../../recording/record-switch.js';
import { monotonicNow } from '../../system/clock.js';
import { suspend } from '../../system/suspend.js';
import { knowsColor, onRestore, openKeyboard, prefersAscii, TerminalOutput } from '../../system/terminal.js';
import { choicesOf } from '../choices.js';
import { type Choices, type Controls, INITIAL, pointed, press } from '../controls.js';
import { AUTOMATIC, type Scaling } from '../graph/scaling.js';
import { type Action, actionOf, type Mode } from '../keys.js';
import { filterQuestion } from '../listing/filter-question.js';
import { SteadyList } from '../listing/steady.js';
import type { MousePress } from '../mouse.js';
import type { KeyPress } from '../prompt.js';
import type { ReplayState } from '../replay.js';
import type { SessionKeys } from '../session-keys.js';
import { type Known, SessionState } from '../state.js';
import type { ThemeName } from '../themes.js';
import type { Moment } from '../view.js';
import { chosenIn, listIn } from '../views/listed.js';
import { titleOf } from '../views/title.js';
import { ASCII, type Glyphs, UNICODE } from '../words/glyphs.js';
import type { Zone } from '../words/wall.js';
import { Asking } from './asking.js';
import { type Picture, pictureOf } from './picture.js';
import { pointedAt } from './pointing.js';
import { Screen } from './screen.js';

const FRAME_MS = 200;
const SLOW_FRAME_MS = 2000;

export interface DashboardOptions {
  /** Fewer frames, over a slow link. */
  slow: boolean;
  ascii: boolean;
  color: boolean;
  theme: ThemeName;
  mouse: boolean;
  zone: Zone;
  /** How long a light stays red. */
  holdMs: Millis;
  /** How RTTs are scaled; automatically where absent. */
  scaling?: Scaling;
  /** Begin with events as recorded beside those judged now. */
  comparison?: boolean;
  /** Begin with who is going to move. */
  checklist?: boolean;
}

/** What a dashboard asks of the session around it. */
export interface DashboardPorts {
  info(): SessionInfo;
  now(): Millis;
  quit(reason: 'q' | 'SIGINT'): void;
  /** What keys do to the session. */
  keys: SessionKeys;
  recording?(): RecordingState | undefined;
  /** What was told of the session. */
  notes?(): readonly Note[] | undefined;
  /** How the recording is being played; absent where the session is live. */
  replay?(): ReplayState;
  /** How the maintenance stands. */
  checklist?(): Checklist | undefined;
  /** Rings through the screen's own terminal. */
  bell?: Bell;
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
  private readonly resumed = () => this.resume();
  /** The shell has the terminal. */
  private suspended = false;
  private readonly mode: Mode;
  private readonly title: WindowTitle | undefined;
  private controls: Controls = INITIAL;
  private readonly asking = new Asking();
  private readonly list = new SteadyList();
  private frozen: Moment | undefined;
  /** What was drawn last. */
  private drawn: Picture | undefined;

  constructor(
    private readonly options: DashboardOptions,
    private readonly ports: DashboardPorts,
  ) {
    const { targets, intervalMs } = ports.info();
    this.mode = ports.replay ? 'replay' : 'live';
    const { comparison = false, checklist = false, theme, mouse, zone } = options;
    this.controls = {
      ...INITIAL,
      theme,
      mouse,
      zone,
      scaling: options.scaling ?? AUTOMATIC,
      comparison,
      checklist,
    };
    this.state = new SessionState({ targets: targets.length, intervalMs });
    const ascii = options.ascii || prefersAscii(process.env);
    this.glyphs = ascii ? ASCII : UNICODE;
    this.screen = new Screen(this.output, openKeyboard(), {
      ascii,
      color: options.color && knowsColor(process.env),
    });
    this.title = WindowTitle.of(process.env, text => this.output.write(text));
    this.restore = onRestore(() => this.screen.end(() => this.title?.end()));
    process.on('exit', this.restore);
    process.on('SIGCONT', this.resumed);
    this.screen.onKey(press => this.pressed(press));
    this.screen.onMouse(press => this.pointed(press));
    this.timer = setInterval(() => this.frame(), options.slow ? SLOW_FRAME_MS : FRAME_MS);
    this.frame();
  }

  take(step: Step): void {
    this.state.take(step);
  }

  /** A target came, changed or left; these events were over with it. */
  target(change: TargetChange, over: readonly MigrationEvent[]): void {
    this.state.change(change, over);
  }

  /** The session is elsewhere now, and this is what is known there. */
  jump(known: Known): void {
    this.state.restart(known);
  }

  /** Takes a step of the whole recording, wherever in it the session is. */
  recall(step: Step): void {
    this.state.recall(step);
  }

  /** Counts anew. */
  reset(target?: TargetId): void {
    this.state.reset(target);
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

  /** As last chosen. */
  get zone(): Zone {
    return this.controls.zone;
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

  /** Draws what there is to see now, unless the terminal has not taken the last frame yet. */
  private frame(): void {
    this.output.flush();
    if (this.suspended || this.output.busy) return;
    const picture = this.picture();
    if (this.output.resized) this.screen.resize(picture);
    else this.screen.show(picture);
    const { lights } = this.frozen
      ? titleOf(this.state, this.ports.info(), this.ports.now())
      : picture.view.title;
    this.title?.show(lights, this.glyphs.light);
    if (this.ports.bell?.ring(monotonicNow())) this.output.write('\x07');
  }

  private picture(): Picture {
    const [columns, rows] = this.output.actualSize();
    const picture = pictureOf(this.shown(), this.controls, { columns, rows }, this.glyphs);
    this.drawn = picture;
    return picture;
  }

  /** The moment that is looked at, and whom of it. */
  private shown(): Moment {
    const moment = this.frozen ?? this.moment();
    const { listing, prompt, frozenAt } = this.controls;
    const held = prompt !== undefined || frozenAt !== undefined;
    return { ...moment, list: this.list.of(moment, listing, monotonicNow(), held) };
  }

  private moment(): Moment {
    const { state, ports, options } = this;
    return {
      ...{ state, info: ports.info(), now: ports.now(), holdMs: options.holdMs },
      recording: ports.recording?.(),
      replay: ports.replay?.(),
      notes: ports.notes?.(),
      checklist: ports.checklist?.(),
      bell: ports.bell?.on ?? false,
    };
  }

  private pressed(press: KeyPress): void {
    if (this.asking.waits) this.controls = this.asking.answered(press, this.controls);
    else {
      const action = actionOf(press.key, this.mode);
      if (!action) return;
      this.act(action);
      this.keepFrozen();
    }
    this.frame();
  }

  /** A question waits for keys alone. */
  private pointed(press: MousePress): void {
    const link = this.asking.waits || !this.drawn ? undefined : pointedAt(this.drawn, press);
    if (!link) return;
    if ('action' in link) this.act(link.action);
    else this.controls = pointed(this.controls, link, this.choices());
    this.keepFrozen();
    this.frame();
  }

  private act(action: Action): void {
    const { acts, questions } = this.ports.keys;
    const question = action === 'filter' ? filterQuestion : questions[action];
    this.acts[action]?.();
    const { chosen } = this;
    const changes = acts[action]?.(chosen);
    const controls = press({ ...this.controls, chosen }, action, this.choices());
    const asked = typeof question === 'function' ? question(this.controls, chosen) : question;
    this.controls = { ...controls, ...changes, ...(asked && this.asking.ask(asked)) };
  }

  /** What keys do to the screen beyond changing what is looked at. */
  private readonly acts: Partial<Record<Action, () => void>> = {
    quit: () => this.ports.quit('q'),
    interrupt: () => this.ports.quit('SIGINT'),
    reset: () => this.reset(),
    redraw: () => this.screen.redraw(),
    suspend: () => this.suspend(),
  };

  private get chosen(): TargetId | undefined {
    const moment = this.shown();
    return chosenIn(moment, listIn(moment, this.controls), this.controls)?.target;
  }

  private choices(): Choices {
    return choicesOf(this.shown(), this.controls, this.drawn?.view, this.options.scaling?.range);
  }

  /** Frozen, we look at a copy of the moment, while the session itself goes on. */
  private keepFrozen(): void {
    if (this.controls.frozenAt === undefined) this.frozen = undefined;
    else this.frozen ??= { ...this.moment(), state: this.state.snapshot() };
  }
}
