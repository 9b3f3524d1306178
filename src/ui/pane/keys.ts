import { padEnd } from '../../core/format/text.js';
import { type Action, actionOf, hintsOf, type Key } from '../keys/keys.js';
import { lineWidth, span, type TextLine } from '../style/spans.js';

const LABEL = 8;

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

/** The keys of a pane. */
export function paneKeys(): readonly Key[] {
  return hintsOf('live').filter(({ action }) => ACTIONS.some(each => each === action));
}

/** The keys in place of the targets: one a line with its help if they fit, else as many hints on a line as fit. */
export function keyLines({ columns, rows }: { columns: number; rows: number }): TextLine[] {
  const keys = paneKeys();
  const most = Math.max(1, rows - 1);
  const lines = keys.map(
    ({ label, help }): TextLine => [span(padEnd(label, LABEL), 'strong'), span(help, 'dim')],
  );
  const whole = lines.length <= most && lines.every(line => lineWidth(line) <= columns);
  return whole ? lines : hintLines(keys, columns).slice(0, most);
}

function hintLines(keys: readonly Key[], columns: number): TextLine[] {
  const hints = keys.map(({ label, hint }): TextLine => [span(label, 'strong'), span(` ${hint}  `, 'dim')]);
  return hints.reduce<TextLine[]>((lines, hint) => {
    const last = lines.at(-1);
    if (last && lineWidth(last) + lineWidth(hint) <= columns) last.push(...hint);
    else lines.push([...hint]);
    return lines;
  }, []);
}
