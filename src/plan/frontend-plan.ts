import type { Zone } from '../core/format/time-of-day.js';
import { commandWords } from '../session/alerts/words.js';
import { AUTOMATIC, parseScaling, type Scaling } from '../ui/graph/scaling.js';
import { DEFAULT_THEME, type ThemeName } from '../ui/style/themes.js';
import { type FailWord, failWords } from './fail-on.js';
import type { FlagName, FlagValues } from './flags.js';

export type ScreenName = 'dashboard' | 'pane' | 'line';

/** How a session is shown, live or replayed. */
export interface FrontendPlan {
  /** Writes lines and draws no screen. */
  headless: boolean;
  /** The screen to draw unless headless. */
  screen: ScreenName;
  /** For a slow link: fewer frames. */
  slow: boolean;
  samples: boolean;
  failOn: readonly FailWord[];
  color: boolean;
  ascii: boolean;
  theme: ThemeName;
  mouse: boolean;
  /** How RTTs are scaled on screen. */
  scaling: Scaling;
  zone: Zone;
  /** Ring the terminal bell when a light turns red. */
  bell: boolean;
  /** The program to run on events, and its arguments. */
  onEvent?: readonly string[];
}

/** Throws a RangeError that says what is wrong, what was expected and what to do. */
export function frontendPlan(flags: FlagValues): FrontendPlan {
  return {
    headless: flags.headless === true,
    screen: 'dashboard',
    slow: flags.slow === true,
    samples: flags.samples === true,
    failOn: failOn(flags),
    color: flags.color !== false,
    ascii: flags.ascii === true,
    theme: (flags.theme ?? DEFAULT_THEME) as ThemeName,
    mouse: flags.mouse !== false,
    scaling: typeof flags.scale === 'string' ? parseScaling(flags.scale) : AUTOMATIC,
    zone: flags.utc === true ? 'utc' : 'local',
    bell: flags.bell === true,
    ...onEvent(flags['on-event']),
  };
}

export function failOn(flags: FlagValues): readonly FailWord[] {
  const text = flags['fail-on'];
  return typeof text === 'string' ? failWords(text) : [];
}

function onEvent(text: FlagValues[FlagName]): { onEvent?: readonly string[] } {
  if (typeof text !== 'string') return {};
  try {
    return { onEvent: commandWords(text) };
  } catch (cause) {
    throw new RangeError(`--on-event: ${(cause as Error).message}`, { cause });
  }
}
