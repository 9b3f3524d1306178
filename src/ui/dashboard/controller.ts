import type { TargetId } from '../../core/sample.js';
import { monotonicNow } from '../../system/clock.js';
import { AUTOMATIC } from '../graph/scaling.js';
import { type Action, actionOf, handlerOf, type Mode } from '../keys/keys.js';
import {
  type Choices,
  type Controls,
  INITIAL,
  pointed,
  press,
  type ScreenAction,
} from '../model/controls.js';
import type { KeyPress } from '../model/prompt.js';
import { filterQuestion } from '../model/session-actions.js';
import type { SessionState } from '../model/state.js';
import type { Size } from '../panels/layout.js';
import type { Glyphs } from '../style/glyphs.js';
import { choicesOf } from '../view/choices.js';
import type { ViewInputs } from '../view/inputs.js';
import { chosenIn, listIn } from '../view/listed.js';
import type { MousePress } from './mouse.js';
import { type Picture, pictureOf } from './picture.js';
import { pointedAt } from './pointing.js';
import type { DashboardOptions, DashboardPorts } from './ports.js';
import { PromptLine } from './prompt-line.js';
import { SteadyList } from './steady-list.js';

/** What is looked at, and how: keys and mouse change it, and pictures of it are drawn. */
export class DashboardController {
  private controls: Controls;
  private readonly mode: Mode;
  private readonly asking = new PromptLine();
  private readonly list = new SteadyList();
  private frozen: ViewInputs | undefined;
  /** What was drawn last. */
  private drawn: Picture | undefined;

  /** `acts` is what keys do to the screen beyond changing what is looked at. */
  constructor(
    private readonly state: SessionState,
    private readonly options: DashboardOptions,
    private readonly ports: DashboardPorts,
    private readonly acts: Record<ScreenAction, () => void>,
  ) {
    this.mode = ports.replay ? 'replay' : 'live';
    const { comparison = false, checklist = false, theme, mouse, zone, scaling = AUTOMATIC } = options;
    this.controls = { ...INITIAL, theme, mouse, zone, scaling, comparison, checklist };
  }

  /** As last chosen. */
  get zone(): Controls['zone'] {
    return this.controls.zone;
  }

  get isFrozen(): boolean {
    return this.frozen !== undefined;
  }

  picture(size: Size, glyphs: Glyphs): Picture {
    const moment = this.shown();
    this.chooseBesideRemoved(moment);
    this.drawn = pictureOf(moment, this.controls, size, glyphs);
    return this.drawn;
  }

  /** Whether the key meant anything. */
  pressed(key: KeyPress): boolean {
    if (this.asking.waits) this.controls = this.asking.answered(key, this.controls);
    else {
      const action = actionOf(key.key, this.mode);
      if (!action) return false;
      this.act(action);
      this.keepFrozen();
    }
    return true;
  }

  /** Whether anything was pointed at. A question waits for keys alone. */
  pointed(at: MousePress): boolean {
    const link = this.asking.waits || !this.drawn ? undefined : pointedAt(this.drawn, at);
    if (!link) return false;
    if ('action' in link) this.act(link.action);
    else this.controls = pointed(this.controls, link, this.choices());
    this.keepFrozen();
    return true;
  }

  private act(action: Action): void {
    const { acts, questions } = this.ports.keys;
    const question = handlerOf({ ...questions, filter: filterQuestion }, action);
    handlerOf(this.acts, action)?.();
    const { chosen } = this;
    const changes = handlerOf(acts, action)?.(chosen);
    const controls = press({ ...this.controls, chosen }, action, this.choices());
    const asked = typeof question === 'function' ? question(this.controls, chosen) : question;
    this.controls = { ...controls, ...changes, ...(asked && this.asking.ask(asked)) };
  }

  /** The moment that is looked at, and whom of it. */
  private shown(): ViewInputs {
    const moment = this.frozen ?? this.moment();
    const { listing, prompt, frozenAt } = this.controls;
    const held = prompt !== undefined || frozenAt !== undefined;
    return { ...moment, list: this.list.of(moment, listing, monotonicNow(), held) };
  }

  private moment(): ViewInputs {
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

  private get chosen(): TargetId | undefined {
    const moment = this.shown();
    return chosenIn(moment, listIn(moment, this.controls), this.controls)?.target;
  }

  private choices(): Choices {
    return choicesOf(this.shown(), this.controls, this.drawn?.view, this.options.scaling?.range);
  }

  /** Whoever removes one after the other stays at that place of the list. */
  private chooseBesideRemoved({ info: { targets } }: ViewInputs): void {
    const { chosen } = this.controls;
    if (chosen === undefined || targets.some(({ target }) => target === chosen)) return;
    const rows = this.drawn?.view.targets.rows.flatMap(row => ('target' in row ? row.target : [])) ?? [];
    const place = rows.indexOf(chosen);
    if (place >= 0) this.controls = { ...this.controls, chosen: rows[place + 1] ?? rows[place - 1] };
  }

  /** Frozen, we look at a copy of the moment, while the session itself goes on. */
  private keepFrozen(): void {
    if (this.controls.frozenAt === undefined) this.frozen = undefined;
    else this.frozen ??= { ...this.moment(), state: this.state.snapshot() };
  }
}
