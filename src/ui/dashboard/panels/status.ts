import { formatDuration } from '../../../core/duration.js';
import { KEYS } from '../../keys.js';
import { justify, type Line, lineWidth, span } from '../../spans.js';
import type { Panel } from '../panel.js';

/** How it is being probed and recorded, and the keys there is room for. */
export const status: Panel = ({ status, controls }, { width }, { separator }) => {
  const rate = Number(status.packetsPerSecond.toPrecision(3));
  const facts = [
    status.backends,
    `every ${formatDuration(status.intervalMs)}`,
    `${rate} packets/s`,
    'not recording',
  ].join(separator);
  const frozen: Line = controls.frozenAt === undefined ? [] : [span(' FROZEN ', 'badge')];
  const least = hints(22);
  const left: Line = [...frozen, span(` ${facts}`, 'dim')];
  // Where the facts leave no room even for the way out, they are cut, not the keys.
  if (lineWidth(left) + lineWidth(least) >= width) return [justify([...frozen], least, width)];
  return [justify(left, hints(width - lineWidth(left) - 1), width)];
};

function hints(room: number): Line {
  const line: Line = [];
  for (const { label, hint } of KEYS) {
    if (!hint) continue;
    const next = [span(` ${label}`, 'strong'), span(` ${hint} `, 'dim')];
    if (lineWidth([...line, ...next]) > room) break;
    line.push(...next);
  }
  return line;
}
