import type { Light } from '../../core/event.js';

/** XTWINOPS 22 and 23 save and restore the window's title; OSC 2 sets it. */
const PUSH = '\x1b[22;2t';
const POP = '\x1b[23;2t';

/** The title of the terminal's window, or of the tmux pane, while a screen is open. */
export class WindowTitle {
  private shown: string | undefined;

  private constructor(private readonly write: (text: string) => void) {}

  /** Undefined if the terminal can't restore the old title. */
  static of(env: Record<string, string | undefined>, write: (text: string) => void): WindowTitle | undefined {
    return hasTitleStack(env) ? new WindowTitle(write) : undefined;
  }

  /** `shapes` stand for the lights. */
  show(lights: Record<Light, number>, shapes: Record<Light, string>): void {
    const counts = (['red', 'amber', 'green'] as const).map(light => `${shapes[light]}${lights[light]}`);
    const title = `migwatch ${counts.join(' ')}`;
    if (title === this.shown) return;
    const keep = this.shown === undefined ? PUSH : '';
    this.shown = title;
    this.write(`${keep}\x1b]2;${title}\x1b\\`);
  }

  /** Restores the old title. */
  end(): void {
    if (this.shown !== undefined) this.write(POP);
    this.shown = undefined;
  }
}

/** GNU screen has no stack of titles, so its title is left alone; inside tmux, a TERM of screen* is tmux's. */
function hasTitleStack({ TERM = '', TMUX, STY }: Record<string, string | undefined>): boolean {
  const isScreen = /^screen/.test(TERM) && (STY !== undefined || TMUX === undefined);
  return !isScreen && /^(xterm|tmux|screen|rxvt|alacritty|foot|kitty|wezterm|konsole|gnome|vte)/.test(TERM);
}
