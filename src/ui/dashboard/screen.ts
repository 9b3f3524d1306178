import type { ReadStream } from 'node:tty';
import type { Widgets } from 'blessed';
import { type TerminalOutput, terminfoName } from '../../system/terminal.js';
import type { KeyPress } from '../model/prompt.js';
import { chartBars } from '../panels/histogram.js';
import { PANELS, type PanelName } from '../panels/layout.js';
import { painted } from '../style/paint.js';
import { paletteFor } from '../style/themes.js';
import type { View } from '../view/view.js';
import { BarChart } from './bar-chart.js';
import * as blessed from './blessed.js';
import { KeyInput } from './input.js';
import { MOUSE_OFF, MOUSE_ON, type MousePress } from './mouse.js';
import type { Picture, PlacedPanel } from './picture.js';

export interface ScreenOptions {
  ascii: boolean;
  color: boolean;
}

/** The terminal under blessed: a box for each panel, of which only what changed is drawn. */
export class Screen {
  private readonly program: Widgets.Screen['program'];
  private readonly screen: Widgets.Screen;
  private readonly boxes: Record<PanelName, Widgets.BoxElement>;
  private readonly colors: number;
  private readonly chart: BarChart;
  private drawn = '';

  private readonly input: KeyInput;
  /** The terminal reports what the mouse does. */
  private mouse = false;

  constructor(
    private readonly output: TerminalOutput,
    private readonly keyboard: ReadStream,
    private readonly options: ScreenOptions,
  ) {
    this.input = new KeyInput(keyboard);
    // Without UTF-8 we draw plain ASCII and with it UTF-8: the alternate character set is never wanted.
    process.env.NCURSES_NO_UTF8_ACS = '1';
    [this.program, this.screen] = keepingHandlers(() => {
      const terminal = terminfoName(process.env);
      const settings = { input: this.input, output, terminal, forceUnicode: !options.ascii, buffer: true };
      const program = blessed.program(settings as object);
      return [program, blessed.screen({ program, fullUnicode: true } as object)];
    });
    // A terminal that hangs up fails the read before SIGHUP arrives; the signal ends the session.
    keyboard.on('error', () => {});
    this.chart = new BarChart(this.screen, () => {
      this.drawn = '';
    });
    this.colors = options.color ? (this.screen as unknown as { tput: { colors: number } }).tput.colors : 0;
    this.boxes = Object.fromEntries(
      PANELS.map(name => [
        name,
        blessed.box({ parent: this.screen, hidden: true, tags: false, wrap: false }),
      ]),
    ) as unknown as Record<PanelName, Widgets.BoxElement>;
  }

  onKey(pressed: (press: KeyPress) => void): void {
    this.program.on('keypress', (character: string | undefined, key: { full: string }) =>
      pressed({ key: key.full, character }),
    );
  }

  onMouse(pressed: (press: MousePress) => void): void {
    this.input.onMouse = pressed;
  }

  /** Draws the picture unless it is what the terminal shows already. */
  show(picture: Picture): void {
    this.setMouse(picture.view.controls.mouse);
    if (!this.fill(picture)) return;
    this.screen.render();
    this.program.flush();
  }

  /** Draws for the terminal's new size, from scratch. */
  resize(picture: Picture): void {
    this.fill(picture);
    // Blessed answers by clearing its buffers and the terminal, and drawing everything.
    this.output.resize();
    this.program.flush();
  }

  /** Draws from scratch: something else wrote to the terminal. */
  redraw(): void {
    this.screen.alloc();
    this.screen.render();
    this.program.flush();
  }

  /** Lends the terminal to the shell (SIGTSTP). */
  suspend(): void {
    this.program.normalBuffer();
    this.program.showCursor();
    this.program.flush();
    if (this.mouse) this.output.write(MOUSE_OFF);
    this.keyboard.setRawMode?.(false);
  }

  /** Takes the terminal back from the shell (SIGCONT). */
  resume(): void {
    this.keyboard.setRawMode?.(false);
    this.keyboard.setRawMode?.(true);
    this.program.alternateBuffer();
    this.program.hideCursor();
    if (this.mouse) this.output.write(MOUSE_ON);
    this.redraw();
  }

  /** Restores the terminal; `farewell` writes last. Synchronous, and bounded in time. */
  end(farewell: () => void = () => {}): void {
    this.output.end(() => {
      this.setMouse(false);
      this.screen.destroy();
      this.program.flush();
      farewell();
    });
    if ((this.keyboard as unknown) !== process.stdin) this.keyboard.destroy();
  }

  private setMouse(on: boolean): void {
    if (on === this.mouse) return;
    this.mouse = on;
    this.output.write(on ? MOUSE_ON : MOUSE_OFF);
  }

  /** Fills the boxes; returns whether anything differs from the last frame. */
  private fill({ panels, view }: Picture): boolean {
    const palette = paletteFor(this.colors, view.controls.theme);
    const contents = panels.map(({ lines }) => painted(lines, palette, this.options.ascii));
    const drawn = panels
      .map(({ name, box }, index) => `${name} ${Object.values(box)}\n${contents[index]}`)
      .join('\n');
    if (drawn === this.drawn) return false;
    this.drawn = drawn;
    for (const name of PANELS) this.boxes[name].hidden = true;
    for (const [index, { name, box }] of panels.entries()) {
      const element = this.boxes[name];
      element.hidden = false;
      Object.assign(element.position, box);
      element.setContent(contents[index]!);
    }
    this.fillChart(panels, view);
    return true;
  }

  /** The chart's bars need colour; without it the lines below show the same figures. */
  private fillChart(panels: readonly PlacedPanel[], { histogram, controls }: View): void {
    const panel = panels.find(({ name }) => name === 'histogram');
    const wanted = this.options.color && !this.options.ascii && !controls.help;
    if (panel && wanted && chartBars(panel.box) > 0 && histogram.length > 0)
      this.chart.show(panel.box, histogram);
    else this.chart.hide();
  }
}

/** Runs `make` and removes the process handlers that it adds: blessed's end the process with code 0 on a signal. */
function keepingHandlers<Made>(make: () => Made): Made {
  const events = ['exit', 'uncaughtException', 'SIGTERM', 'SIGINT', 'SIGQUIT'];
  const before = new Map(events.map(event => [event, process.listeners(event as 'exit')]));
  const made = make();
  for (const [event, own] of before)
    for (const listener of process.listeners(event as 'exit'))
      if (!own.includes(listener)) process.removeListener(event, listener);
  return made;
}
