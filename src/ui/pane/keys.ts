import { type Action, actionOf, keysOf } from '../model/keys.js';
import { type Line, lineWidth, span } from '../style/spans.js';

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
export function keyLines(columns: number): Line[] {
  const hints = keysOf('live')
    .filter(({ action }) => ACTIONS.includes(action))
    .map(({ label, hint }): Line => [span(label, 'strong'), span(` ${hint}  `, 'dim')]);
  return hints.reduce<Line[]>((lines, hint) => {
    const last = lines.at(-1);
    if (last && lineWidth(last) + lineWidth(hint) <= columns) last.push(...hint);
    else lines.push([...hint]);
    return lines;
  }, []);
}
