import { formatDuration } from '../../../core/duration.js';
import type { Millis } from '../../../core/sample.js';
import type { Glyphs } from '../../glyphs.js';
import { type Key, keysOf } from '../../keys.js';
import { type Line, span } from '../../spans.js';
import { padEnd } from '../../text.js';
import { lightSpan, type Panel, ruled } from '../panel.js';

const LABEL = 8;

/** Every key, from the table that binds them, in as many columns as the height asks for. */
export const help: Panel = ({ holdMs, replay }, { width, height }, glyphs) => {
  const all = keysOf(replay ? 'replay' : 'live');
  const room = Math.max(1, height - 1);
  const columns = Math.ceil(all.length / room);
  const perColumn = Math.ceil(all.length / columns);
  const cell = Math.floor((width - 1) / columns);
  const rows = Array.from({ length: perColumn }, (_, row): Line => {
    const keys = Array.from({ length: columns }, (_, column) => all[column * perColumn + row]);
    return [
      span(' '),
      ...keys.flatMap(key =>
        key
          ? [
              span(padEnd(key.label, LABEL), 'strong'),
              span(padEnd(wordsFor(key, cell - LABEL - 1), cell - LABEL)),
            ]
          : [],
      ),
    ];
  });
  const meaning = legend(holdMs, glyphs);
  const explained = perColumn + meaning.length + 1 <= room ? [[], ...meaning] : [];
  return [
    ruled([span('keys', 'strong'), span('  ? or Esc closes this', 'dim')], width, glyphs),
    ...rows,
    ...explained,
  ];
};

function wordsFor({ help, hint }: Key, room: number): string {
  return help.length <= room ? help : hint;
}

function legend(holdMs: Millis, glyphs: Glyphs): Line[] {
  return [
    [lightSpan('green', glyphs), span('  nothing is open')],
    [lightSpan('amber', glyphs), span('  something is open, or it was no migration')],
    [lightSpan('red', glyphs), span(`    a migration explains it best; stays for ${formatDuration(holdMs)}`)],
  ].map(line => [span(' '), ...line]);
}
