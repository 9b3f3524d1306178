import { type Action, actionOf, keysOf } from '../model/keys.js';
import { lineWidth, span, type TextLine } from '../style/spans.js';

/** What keys do in a pane; there is nothing to choose in it. */
const ACTIONS: readonly Action[] = [
  'quit',
  'help',
  'record',
  'reset',
  'bell',
  'redraw',
  'suspend',
  'interrupt',
];

export function paneActionOf(key: string): Action | undefined {
  const action = actionOf(key, 'live');
  return action && ACTIONS.includes(action) ? action : undefined;
}

/** The keys that mean something here, as many on a line as it has room for. */
export function keyLines(columns: number): TextLine[] {
  const hints = keysOf('live')
    .filter(({ action }) => ACTIONS.includes(action))
    .map(({ label, hint }): TextLine => [span(label, 'strong'), span(` ${hint}  `, 'dim')]);
  return hints.reduce<TextLine[]>((lines, hint) => {
    const last = lines.at(-1);
    if (last && lineWidth(last) + lineWidth(hint) <= columns) last.push(...hint);
    else lines.push([...hint]);
    return lines;
  }, []);
}
