import type { Light } from '../../core/event.js';

/** XTWINOPS 22 and 23 keep the window's title and bring it back; OSC 2 sets it. */
const PUSH = '\x1b[22;2t';
const POP = '\x1b[23;2t';

/** The title of the terminal's window, or of the tmux pane, while we have it. */
export class WindowTitle {
  private shown: string | undefined;

  private constructor(private readonly write: (text: string) => void) {}

  /** Undefined where the terminal would not give the old title back. */
  static of(env: Record<string, string | undefined>, write: (text: string) => void): WindowTitle | undefined {
    return knowsTitles(env) ? new WindowTitle(write) : undefined;
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

  /** Brings the old one back. */
  end(): void {
    if (this.shown !== undefined) this.write(POP);
    this.shown = undefined;
  }
}

/** GNU screen takes a title and has no stack for it, so there the old one stays; within tmux, its TERM is tmux's. */
function knowsTitles({ TERM = '', TMUX, STY }: Record<string, string | undefined>): boolean {
  const isScreen = /^screen/.test(TERM) && (STY !== undefined || TMUX === undefined);
  return !isScreen && /^(xterm|tmux|screen|rxvt|alacritty|foot|kitty|wezterm|konsole|gnome|vte)/.test(TERM);
}
