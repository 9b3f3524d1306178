import { type Action, actionOf, hintsOf } from '../keys/keys.js';
import { lineWidth, span, type TextLine } from '../style/spans.js';

/** The actions of a pane, which has no controls. */
const ACTIONS = [
  ...(['quit', 'help', 'record', 'reset', 'bell'] as const),
  ...(['redraw', 'suspend', 'interrupt'] as const),
] satisfies Action[];

export type PaneAction = (typeof ACTIONS)[number];

export function paneActionOf(key: string): PaneAction | undefined {
  const action = actionOf(key, 'live');
  return ACTIONS.find(each => each === action);
}

/** The keys of a pane, as many on a line as fit. */
export function keyLines(columns: number): TextLine[] {
  const hints = hintsOf('live')
    .filter(({ action }) => ACTIONS.some(each => each === action))
    .map(({ label, hint }): TextLine => [span(label, 'strong'), span(` ${hint}  `, 'dim')]);
  return hints.reduce<TextLine[]>((lines, hint) => {
    const last = lines.at(-1);
    if (last && lineWidth(last) + lineWidth(hint) <= columns) last.push(...hint);
    else lines.push([...hint]);
    return lines;
  }, []);
}
