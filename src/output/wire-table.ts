import { duration } from '../core/format/duration.js';
import { asciiOnly, padEnd, padStart, printable } from '../core/format/text.js';
import type { TimeFormat } from '../core/format/time-of-day.js';
import { bytes } from '../core/format/units.js';
import type { WireStream } from '../core/wire/stream.js';
import { canaryWords, contentWords, TRAVELLED } from '../core/wire/words.js';
import type { Glyphs } from '../ui/style/glyphs.js';

/** How the table is drawn. */
export interface TableStyle {
  time: TimeFormat;
  glyphs: Pick<Glyphs, 'bars' | 'arrow' | 'separator' | 'ascii'>;
}

const WIDTH_OF_RATE = 16;

const COLUMNS: readonly {
  title: string;
  width: number;
  right?: true;
  cell(stream: WireStream, style: TableStyle): string;
}[] = [
  { title: 'BEGIN', width: 12, cell: ({ startedAt }, { time }) => time.precise(startedAt) },
  {
    ...{ title: 'LASTED', width: 7, right: true },
    cell: ({ startedAt, endedAt }) => duration(endedAt - startedAt),
  },
  { title: 'SENT', width: 6, right: true, cell: stream => bytes(stream.bytes) },
  { title: 'BACK', width: 6, right: true, cell: ({ backBytes }) => bytes(backBytes) },
  { title: 'CH', width: 3, right: true, cell: ({ channels }) => String(channels) },
  { title: 'MIGRATION', width: 9, cell: ({ migration }) => migration },
  { title: 'TRAVELLED', width: 9, cell: ({ protection }) => TRAVELLED[protection] },
  { title: 'RATE', width: WIDTH_OF_RATE, cell: ({ rate }, { glyphs }) => sparkline(rate.bytes, glyphs.bars) },
];
const INDENT = ' '.repeat(14);

/** The line above the table. */
export const WIRE_HEADING = line(COLUMNS.map(({ title }) => title));

/** The lines of a stream: its figures, its ends, and what was read in it. Everything of them is printable. */
export function wireRows(stream: WireStream, style: TableStyle): string[] {
  const { from, to, protocol, details, why, canary, revealed } = stream;
  const { arrow, separator, ascii } = style.glyphs;
  const content = contentWords(stream);
  const lines = [
    line(COLUMNS.map(({ cell }) => cell(stream, style))),
    ...[
      `${from} ${arrow} ${to}`,
      `${protocol}: ${details.join(separator)}`,
      `${why}${content === '' ? '' : separator + content}`,
      ...(canary ? [`${canaryWords(canary)}${placesOf(canary.places)}`] : []),
      ...(revealed === undefined ? [] : [`read: ${revealed}`]),
    ].map(text => INDENT + printable(text)),
  ];
  return ascii ? lines.map(asciiOnly) : lines;
}

function placesOf(places: readonly number[]): string {
  return places.length === 0 ? '' : `, at byte ${places.join(', ')}`;
}

function line(cells: readonly string[]): string {
  return COLUMNS.map(({ width, right }, index) => (right ? padStart : padEnd)(cells[index]!, width))
    .join('  ')
    .trimEnd();
}

/** Bytes over time as bars, in at most WIDTH_OF_RATE of them. A slot without a byte is blank. */
function sparkline(slots: readonly number[], bars: readonly string[]): string {
  const width = Math.min(WIDTH_OF_RATE, slots.length);
  const sums = Array.from({ length: width }, (_, column) =>
    slots
      .slice(Math.floor((column * slots.length) / width), Math.floor(((column + 1) * slots.length) / width))
      .reduce((total, slot) => total + slot, 0),
  );
  const most = Math.max(1, ...sums);
  return sums
    .map(sum => (sum === 0 ? ' ' : bars[Math.min(bars.length - 1, Math.floor((sum / most) * bars.length))]!))
    .join('');
}
