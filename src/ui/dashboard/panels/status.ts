import type { Glyphs } from '../../glyphs.js';
import { KEYS } from '../../keys.js';
import { justify, type Line, lineWidth, span } from '../../spans.js';
import { widthOf } from '../../text.js';
import { duration } from '../../units.js';
import type { StatusView } from '../../view.js';
import { lightCounts, type Panel } from '../panel.js';

/** Enough for the way out and the help. */
const LEAST_HINTS = 16;

/** How it is being probed and recorded, and the keys there is room for. */
export const status: Panel = ({ status, controls, title }, { width }, glyphs) => {
  const frozen: Line = controls.frozenAt === undefined ? [] : [span(' FROZEN ', 'badge')];
  const least = hints(LEAST_HINTS);
  const room = width - lineWidth(frozen) - lineWidth(least) - 1;
  const facts = factsOf(status, glyphs).find(text => widthOf(text) <= room);
  // Where there is no room for facts, the state of all targets and the way out are worth more.
  const left = [...frozen, ...(facts ? [span(facts, 'dim')] : lightCounts(title.lights, glyphs))];
  return [justify(left, hints(width - lineWidth(left) - 1), width)];
};

/** Backend, interval, rate and recording, in words and in short. */
function factsOf({ backends, intervalMs, packetsPerSecond }: StatusView, { separator }: Glyphs): string[] {
  const rate = Number(packetsPerSecond.toPrecision(3));
  const interval = duration(intervalMs);
  const facts = [
    [backends, `every ${interval}`, `${rate} packets/s`, 'not recording'],
    [backends, interval, `${rate}/s`, 'not recording'],
  ];
  return facts.map(words => ` ${words.join(separator)}`);
}

function hints(room: number): Line {
  const line: Line = [];
  for (const { label, hint } of KEYS) {
    const next = [span(` ${label}`, 'strong'), span(` ${hint} `, 'dim')];
    if (lineWidth([...line, ...next]) > room) break;
    line.push(...next);
  }
  return line;
}
