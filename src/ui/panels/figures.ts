import { figure, wholeDuration } from '../../core/format/duration.js';
import { padEnd, padStart } from '../../core/format/text.js';
import { lossShare } from '../../core/format/units.js';
import { TIME_SPANS } from '../graph/window.js';
import { span, type TextLine } from '../style/spans.js';
import { type Figures, QUANTILES } from '../view/figures.js';
import { type Panel, ruled } from './panel.js';

const NAME = 13;
const CELL = 8;
const HEADS = [
  'loss',
  ...QUANTILES.map(share => (share === 1 ? 'max' : `p${share * 100}`)),
  'jitter',
  'sent',
];

/** The chosen target's percentiles, jitter and loss: in the window of the graph, and since the start. */
export const figures: Panel = ({ figures: view, chosen, controls, graph }, { width }, glyphs) => {
  const partly = graph.stepMs > 0 ? '; - where single probes are no longer kept' : '';
  const heading = ruled(
    [span(chosen?.name ?? 'no target', 'strong'), span(`${glyphs.separator}RTT percentiles${partly}`)],
    width,
    glyphs,
  );
  if (!view) return [heading];
  return [
    heading,
    [span(padEnd('', NAME)), ...HEADS.map(head => span(padStart(head, CELL), 'dim'))],
    row(`${wholeDuration(TIME_SPANS[controls.span]!)} shown`, view.window),
    row('session', view.session),
  ];
};

function row(name: string, { quantiles, jitter, lost, sent }: Figures): TextLine {
  const time = (ms: number | undefined) => (ms === undefined ? '-' : figure(ms));
  const texts = [lossShare(lost, sent), ...quantiles.map(time), time(jitter), String(sent)];
  return [span(padEnd(`  ${name}`, NAME), 'dim'), ...texts.map(text => span(padStart(text, CELL)))];
}
