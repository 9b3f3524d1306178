import { Charts } from './charts.js';
import { colourReader } from './colours.js';
import { firstFrom } from './data.js';
import { byId, element } from './elements.js';
import { lanesOf } from './lanes.js';
import type { PageEvent, PageModel, TargetSeries } from './model.js';
import { drawOverview } from './overview.js';
import { clockTime, lightAt, rowsInView, stateWords } from './reading.js';
import {
  openingView,
  played,
  SPEEDS,
  showing,
  sought,
  type View,
  zoomed,
  zoomedIn,
  zoomedOut,
} from './view.js';

/** A key moves by this share of the window. */
const STEP = 0.1;
const FINE_STEP = 0.01;
/** A wheel's notch of 100 pixels zooms by this factor. */
const WHEEL_FACTOR = 1.25;
/** During playback a screen reader announces only changes of light and event; a move by hand is announced after this pause. */
const SAY_AFTER_MS = 400;
const TABLE_AFTER_MS = 300;

/** The player of a page: state, controls, and what they show. */
export class Player {
  private view: View;
  private charts: Charts | undefined;
  private colour = colourReader();
  private frameAt: number | undefined;
  private isDrawing = false;
  private detector = 0;
  private sayTimer = 0;
  private tableTimer = 0;
  private readonly root = byId('player');
  private readonly seekBar = byId<HTMLInputElement>('seek');
  private readonly playButton = byId<HTMLButtonElement>('play');

  constructor(
    private readonly model: PageModel,
    private readonly series: readonly TargetSeries[],
  ) {
    const first = model.events[0];
    this.view = first
      ? {
          ...showing(openingView(model.lengthMs), first.from, first.to, model.lengthMs),
          target: first.target,
        }
      : openingView(model.lengthMs);
    if (first) this.detector = highestOf(series[first.target]!, first);
    this.fillChoices();
    this.bindControls();
    this.showTarget();
  }

  /** Shows the event in the middle of the lanes. */
  showEvent(event: PageEvent): void {
    const isOther = event.target !== this.view.target;
    this.detector = highestOf(this.series[event.target]!, event);
    const { lengthMs } = this.model;
    this.view = { ...showing(this.view, event.from, event.to, lengthMs), target: event.target };
    if (isOther) this.showTarget();
    else {
      byId<HTMLSelectElement>('detector').value = String(this.detector);
      this.changed();
    }
  }

  /** Draws again with the colours of the present theme. */
  recolour(): void {
    this.colour = colourReader();
    this.draw();
  }

  private get own(): TargetSeries {
    return this.series[this.view.target]!;
  }

  private set(view: View): void {
    this.view = view;
    this.changed();
  }

  private changed(): void {
    this.draw();
    clearTimeout(this.sayTimer);
    if (!this.view.isPlaying) this.sayTimer = window.setTimeout(() => this.say(), SAY_AFTER_MS);
    clearTimeout(this.tableTimer);
    this.tableTimer = window.setTimeout(() => this.fillTable(), TABLE_AFTER_MS);
  }

  private fillChoices(): void {
    const targets = byId<HTMLSelectElement>('target');
    for (const [index, { name, simulated }] of this.model.targets.entries())
      targets.append(element('option', { value: String(index) }, simulated ? `${name}, SIMULATED` : name));
    const speeds = byId<HTMLSelectElement>('speed');
    for (const speed of SPEEDS) speeds.append(element('option', { value: String(speed) }, `${speed}×`));
    speeds.value = String(this.view.speed);
    this.seekBar.max = String(this.model.lengthMs);
    this.seekBar.step = 'any';
  }

  private bindControls(): void {
    const { lengthMs } = this.model;
    const press = (id: string, action: () => void) => byId(id).addEventListener('click', action);
    press('play', () => this.toggle());
    press('before', () => this.toNeighbour(-1));
    press('next', () => this.toNeighbour(1));
    press('zoom-in', () => this.set(zoomedIn(this.view, lengthMs)));
    press('zoom-out', () => this.set(zoomedOut(this.view, lengthMs)));
    press('zoom-all', () => this.set(zoomed(this.view, Infinity, lengthMs)));
    byId<HTMLSelectElement>('speed').addEventListener('change', ({ target }) =>
      this.set({ ...this.view, speed: Number((target as HTMLSelectElement).value) }),
    );
    byId<HTMLSelectElement>('target').addEventListener('change', ({ target }) => {
      this.view = { ...this.view, target: Number((target as HTMLSelectElement).value) };
      this.showTarget();
    });
    byId<HTMLSelectElement>('detector').addEventListener('change', ({ target }) => {
      this.detector = Number((target as HTMLSelectElement).value);
      this.draw();
    });
    this.seekBar.addEventListener('input', () =>
      this.set(sought(this.view, Number(this.seekBar.value), lengthMs)),
    );
    this.root.addEventListener('keydown', event => this.key(event));
    byId('lanes').addEventListener('wheel', event => this.wheel(event), { passive: false });
    byId('table').addEventListener('toggle', () => this.fillTable());
    new ResizeObserver(() => {
      this.charts?.resize();
      this.draw();
    }).observe(byId('lanes'));
  }

  /** Keys of the player; those of a list or a slider stay theirs. */
  private key(event: KeyboardEvent): void {
    const { target, key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton =
      target instanceof HTMLButtonElement || (target instanceof HTMLElement && target.tagName === 'SUMMARY');
    if (target instanceof HTMLSelectElement || (isButton && [' ', 'Enter'].includes(key))) return;
    const { lengthMs } = this.model;
    const { view } = this;
    const step = (view.to - view.from) * (shiftKey ? FINE_STEP : STEP);
    const actions: Record<string, () => void> = {
      ' ': () => this.toggle(),
      ArrowLeft: () => this.set(sought(view, view.at - step, lengthMs)),
      ArrowRight: () => this.set(sought(view, view.at + step, lengthMs)),
      Home: () => this.set(sought(view, 0, lengthMs)),
      End: () => this.set(sought(view, lengthMs, lengthMs)),
      '+': () => this.set(zoomedIn(view, lengthMs)),
      '-': () => this.set(zoomedOut(view, lengthMs)),
      '0': () => this.set(zoomed(view, Infinity, lengthMs)),
      ']': () => this.toNeighbour(1),
      '[': () => this.toNeighbour(-1),
    };
    const action = actions[key === '=' ? '+' : key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** Zooms around the pointer, once the player has the focus or with Ctrl; else the wheel scrolls the page. */
  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !this.root.contains(document.activeElement)) return;
    event.preventDefault();
    const factor = WHEEL_FACTOR ** (event.deltaY / 100);
    this.set(zoomed(this.view, factor, this.model.lengthMs, this.charts!.momentAt(event.clientX)));
  }

  private toggle(): void {
    const { view, model } = this;
    const isOver = view.at >= model.lengthMs;
    this.view = { ...(isOver ? sought(view, 0, model.lengthMs) : view), isPlaying: !view.isPlaying };
    this.frameAt = undefined;
    this.changed();
    if (this.view.isPlaying) requestAnimationFrame(now => this.tick(now));
  }

  private tick(now: number): void {
    if (!this.view.isPlaying) return;
    const elapsed = this.frameAt === undefined ? 0 : now - this.frameAt;
    this.frameAt = now;
    this.view = played(this.view, elapsed, this.model.lengthMs);
    this.draw();
    if (this.view.isPlaying) requestAnimationFrame(next => this.tick(next));
    else this.changed();
  }

  private toNeighbour(direction: 1 | -1): void {
    const events = [...this.model.events].sort((a, b) => a.from - b.from);
    const shown = (this.view.from + this.view.to) / 2;
    const middle = ({ from, to }: PageEvent) => (from + to) / 2;
    const isBeyond = (event: PageEvent) => (middle(event) - shown) * direction > 1;
    const found = direction > 0 ? events.find(isBeyond) : events.findLast(isBeyond);
    if (found) this.showEvent(found);
  }

  private showTarget(): void {
    const { target } = this.view;
    const info = this.model.targets[target]!;
    byId<HTMLSelectElement>('target').value = String(target);
    const choice = byId<HTMLSelectElement>('detector');
    choice.replaceChildren(
      ...info.detectors.map((name, index) => element('option', { value: String(index) }, name)),
    );
    this.detector = Math.min(this.detector, Math.max(0, info.detectors.length - 1));
    choice.value = String(this.detector);
    const scene = () => ({ model: this.model, view: this.view, colour: this.colour });
    this.charts?.destroy();
    this.charts = new Charts(
      byId('lanes'),
      lanesOf(this.model, info, this.own, () => this.detector),
      scene,
      at => {
        this.root.focus({ preventScroll: true });
        this.set(sought(this.view, at, this.model.lengthMs));
      },
    );
    this.changed();
  }

  /** Draws once a frame, however often it is asked. */
  private draw(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      this.charts?.draw();
      const { model, view } = this;
      drawOverview(byId<HTMLCanvasElement>('overview'), model, view, this.colour);
      this.seekBar.value = String(view.at);
      this.seekBar.setAttribute('aria-valuetext', `${clockTime(model, view.at)} UTC`);
      const light = lightAt(model.targets[view.target]!, view.at);
      byId('light').dataset.light = light;
      byId('light-word').textContent = light.toUpperCase();
      this.playButton.textContent = view.isPlaying ? 'Pause' : 'Play';
      byId('now').textContent = stateWords(model, this.own, view).join(' · ');
      byId('window').textContent = windowWords(view);
    });
  }

  private say(): void {
    const { model, view } = this;
    const light = lightAt(model.targets[view.target]!, view.at);
    const words = [`light ${light}`, ...stateWords(model, this.own, view), windowWords(view)];
    byId('spoken').textContent = words.join(', ');
  }

  private fillTable(): void {
    const table = byId<HTMLDetailsElement>('table');
    if (!table.open || this.view.isPlaying) return;
    const { rows, more } = rowsInView(this.model, this.own, this.view);
    byId('rows').replaceChildren(
      ...rows.map(cells =>
        element(
          'tr',
          {},
          cells.map(cell => element('td', {}, cell)),
        ),
      ),
    );
    byId('rows-more').textContent = more > 0 ? `${more} more samples: zoom in to list them.` : '';
  }
}

/** The detector whose statistic was highest during the event. */
function highestOf({ levels: { at, columns } }: TargetSeries, { from, to }: PageEvent): number {
  const [first, last] = [Math.max(0, firstFrom(at, from) - 1), firstFrom(at, to)];
  const highest = columns.map(column => column.subarray(first, last + 1).reduce((a, b) => Math.max(a, b), 0));
  return Math.max(0, highest.indexOf(Math.max(...highest)));
}

function windowWords({ from, to }: View): string {
  const ms = to - from;
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms across`;
  return ms < 120_000
    ? `${Number((ms / 1000).toPrecision(3))} s across`
    : `${Number((ms / 60_000).toPrecision(3))} min across`;
}
