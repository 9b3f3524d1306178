import type { Action } from '../keys/keys.js';
import type { PanelName } from '../panels/layout.js';
import { type Link, linkAt } from '../style/spans.js';
import type { MousePress } from './mouse.js';
import type { Picture } from './picture.js';

/** The actions of the wheel over a panel, turned up and down. */
const WHEEL: Partial<Record<PanelName, readonly [up: Action, down: Action]>> = {
  targets: ['up', 'down'],
  graph: ['zoomIn', 'zoomOut'],
  clock: ['zoomIn', 'zoomOut'],
  statistic: ['zoomIn', 'zoomOut'],
  viewer: ['zoomIn', 'zoomOut'],
  page: ['up', 'down'],
  help: ['up', 'down'],
};

/** The link or action of a click or a turn of the wheel in this picture. */
export function pointedAt({ panels }: Picture, { what, column, row }: MousePress): Link | undefined {
  const panel = panels.findLast(
    ({ box }) =>
      column >= box.left && column < box.left + box.width && row >= box.top && row < box.top + box.height,
  );
  if (!panel) return undefined;
  if (what === 'click') return linkAt(panel.lines[row - panel.box.top]!, column - panel.box.left);
  const actions = WHEEL[panel.name];
  return actions && { action: actions[what === 'wheelUp' ? 0 : 1] };
}
