import type { TargetId } from '../../core/sample.js';
import { monotonicNow } from '../../system/clock.js';
import { AUTOMATIC } from '../graph/scaling.js';
import { TIME_SPANS } from '../graph/window.js';
import { type Action, actionOf, handlerOf, type Mode } from '../keys/keys.js';
import { type Choices, type Controls, INITIAL } from '../model/controls.js';
import { pointed, press, type ScreenAction } from '../model/press.js';
import type { KeyPress } from '../model/prompt.js';
import { filterQuestion } from '../model/session-actions.js';
import type { SessionState } from '../model/state.js';
import { PAGE_SIZE, pageText } from '../panels/event-page-text.js';
import type { ScreenSize } from '../panels/layout.js';
import type { Glyphs } from '../style/glyphs.js';
import { choicesOf } from '../view/choices.js';
import { openPageOf } from '../view/event-page.js';
import type { ViewInputs } from '../view/inputs.js';
import { chosenIn, listIn } from '../view/listed.js';
import type { MousePress } from './mouse.js';
import { type Picture, pictureOf } from './picture.js';
import { pointedAt } from './pointing.js';
import type { DashboardOptions, DashboardPorts } from './ports.js';
import { PromptLine } from './prompt-line.js';
import { SteadyList } from './steady-list.js';

/** A window in which a blackout of a second is wide enough to see. */
const TOUR_CONTROLS: Partial<Controls> = { span: TIME_SPANS.indexOf(15_000) };
/** Reading the evidence is a part of the tour. */
const TOUR_ACTIONS: readonly Action[] = ['open', 'back'];

/** Holds the controls, which keys and mouse change, and draws pictures. */
export class DashboardController {
  private controls: Controls;
  private readonly mode: Mode;
  private readonly promptLine = new PromptLine(change => {
    this.controls = change(this.controls);
  });
  private readonly list = new SteadyList();
  private frozen: ViewInputs | undefined;
  /** The last picture. */
  private drawn: Picture | undefined;
  /** The tour may ask for a host by itself: the user has not used keys for anything else. */
  private mayInvite = true;

  /** `acts` are the actions on the screen itself. */
  constructor(
    private readonly state: SessionState,
    private readonly options: DashboardOptions,
    private readonly ports: DashboardPorts,
    private readonly acts: Record<ScreenAction, () => void>,
  ) {
    this.mode = ports.replay ? 'replay' : 'live';
    const { comparison = false, checklist = false, theme, mouse, zone, scaling = AUTOMATIC, event } = options;
    this.controls = {
      ...{ ...INITIAL, theme, mouse, zone, scaling, comparison, checklist },
      ...(event && { event: event.id, chosen: event.target }),
      ...(ports.tour?.() && TOUR_CONTROLS),
    };
  }

  /** The zone as last chosen. */
  get zone(): Controls['zone'] {
    return this.controls.zone;
  }

  /** A question waits for text. */
  get asks(): boolean {
    return this.promptLine.waits;
  }

  get isFrozen(): boolean {
    return this.frozen !== undefined;
  }

  picture(size: ScreenSize, glyphs: Glyphs): Picture {
    const moment = this.shown();
    this.chooseBesideRemoved(moment);
    this.drawn = pictureOf(moment, this.controls, size, glyphs);
    if (this.drawn.view.tour?.invites && this.invite())
      this.drawn = pictureOf(moment, this.controls, size, glyphs);
    return this.drawn;
  }

  /** Asks for a host at the end of the tour, once; returns whether it did. */
  private invite(): boolean {
    const { page, prompt, help } = this.controls;
    if (!this.mayInvite || page !== undefined || prompt || help) return false;
    this.act('add');
    return true;
  }

  /** Returns whether the key is bound. */
  pressed(key: KeyPress): boolean {
    const { promptLine } = this;
    const isOffered = this.drawn?.view.tour?.offered !== undefined;
    const instead = isOffered ? promptLine.instead(key, this.controls) : undefined;
    if (promptLine.waits && !instead) {
      this.controls = promptLine.answered(key, this.controls);
      return true;
    }
    const action = instead ?? actionOf(key.key, this.mode);
    if (!action) return false;
    // The tour asks again after the evidence.
    if (instead) this.mayInvite = true;
    this.controls = promptLine.withdrawn(this.controls);
    this.act(action);
    this.keepFrozen();
    return true;
  }

  /** Returns whether the press hit a link. An open question ignores the mouse. */
  pointed(at: MousePress): boolean {
    const link = this.promptLine.waits || !this.drawn ? undefined : pointedAt(this.drawn, at);
    if (!link) return false;
    if ('action' in link) this.act(link.action);
    else this.controls = pointed(this.controls, link, this.choices());
    this.keepFrozen();
    return true;
  }

  private act(action: Action): void {
    if (!TOUR_ACTIONS.includes(action)) this.mayInvite = false;
    const { acts, questions } = this.ports.keys;
    const question = handlerOf({ ...questions, filter: filterQuestion }, action);
    handlerOf(this.acts, action)?.();
    if (action === 'write') this.writePage();
    const { chosen } = this;
    const changes = handlerOf(acts, action)?.(chosen, this.controls);
    const controls = press(this.controls, action, this.choices(), chosen);
    const asked = typeof question === 'function' ? question(this.controls, chosen) : question;
    this.controls = { ...controls, ...changes, ...(asked && this.promptLine.ask(asked)) };
  }

  /** Writes the page of the shown event, as `analyze --event` prints it. */
  private writePage(): void {
    const moment = this.shown();
    const logged = moment.state.events.get(this.controls.event);
    if (!logged) return;
    const page = openPageOf(moment, { ...this.controls, page: 0 }, PAGE_SIZE);
    if (page) this.ports.writePage(logged.event, pageText(page));
  }

  /** The moment that is shown, with its list. */
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
      tour: ports.tour?.(),
      replay: ports.replay?.(),
      notes: ports.notes?.(),
      checklist: ports.checklist?.(),
      detectorWitnesses: ports.detectorWitnesses,
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

  /** After a removal, chooses the neighbour, so that repeated removals stay at one place of the list. */
  private chooseBesideRemoved({ info: { targets } }: ViewInputs): void {
    const { chosen } = this.controls;
    if (chosen === undefined || targets.some(({ target }) => target === chosen)) return;
    const rows = this.drawn?.view.targets.rows.flatMap(row => ('target' in row ? row.target : [])) ?? [];
    const place = rows.indexOf(chosen);
    if (place >= 0) this.controls = { ...this.controls, chosen: rows[place + 1] ?? rows[place - 1] };
  }

  /** While frozen, keeps a copy of the moment; the session continues. */
  private keepFrozen(): void {
    if (this.controls.frozenAt === undefined) this.frozen = undefined;
    else this.frozen ??= { ...this.moment(), state: this.state.snapshot() };
  }
}
