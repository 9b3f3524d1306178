import { duration } from '../../core/format/duration.js';
import { padStart, printable } from '../../core/format/text.js';
import { bytes } from '../../core/format/units.js';
import type { JobStatus } from '../../core/outcomes.js';
import { Dots } from '../graph/dots.js';
import type { JobView } from '../graph/job-graph.js';
import type { Glyphs } from '../style/glyphs.js';
import { type Style, span, type TextLine, type TextSpan } from '../style/spans.js';
import { GUTTER } from './graph-plot.js';
import { type Panel, ruled } from './panel.js';

/** A migration as the hypervisor reports it, under the RTT of its target: its phases, and the memory left to send. */
export const job: Panel = ({ job: view }, box, glyphs) => {
  if (!view) return [ruled([span('migration: no report in this window', 'dim')], box.width, glyphs)];
  const rows = Math.max(0, box.height - 2);
  const dots = new Dots(glyphs.canvas, view.phases.length, rows);
  view.left.forEach((share, x) => {
    if (!Number.isNaN(share)) dots.vertical(x, Math.round((1 - share) * (dots.height - 1)), dots.height - 1);
  });
  return [
    ruled(heading(view, glyphs), box.width, glyphs),
    [span(`${padStart('phase', GUTTER - 2)} ${glyphs.axis}`, 'dim'), ...bands(view, glyphs)],
    ...Array.from({ length: rows }, (_, row) => [
      span(`${padStart(row === 0 ? 'left' : '', GUTTER - 2)} ${glyphs.axis}`, 'dim'),
      span(dots.row(row).join(''), 'data'),
    ]),
  ];
};

/** How each phase is drawn; a guest that moves is running in it, or stands still. */
const BAND: Partial<Record<JobStatus, Style>> = {
  ...({ setup: 'dim', 'wait-unplug': 'dim', active: 'data', colo: 'data' } as const),
  ...({ 'pre-switchover': 'amber', device: 'amber', cancelling: 'amber' } as const),
  ...({ 'postcopy-active': 'notice', 'postcopy-paused': 'red', 'postcopy-recover': 'amber' } as const),
  ...({ failed: 'red', cancelled: 'red', completed: 'green' } as const),
};
/** S: the guest stopped. R: it resumed. */
const MARK = { stop: span('S', 'red'), resume: span('R', 'strong') };

function bands({ phases, marks }: JobView, glyphs: Glyphs): TextSpan[] {
  return phases.map((phase, cell) => {
    const mark = marks[cell];
    if (mark) return MARK[mark];
    if (phase === undefined) return span(' ');
    const isDim = BAND[phase] === 'dim';
    return span(isDim ? glyphs.trough : glyphs.bar, BAND[phase] ?? 'plain');
  });
}

function heading(view: JobView, glyphs: Glyphs): TextLine {
  const parts = [...phaseWords(view), ...costWords(view)];
  return [
    span('migration '),
    span(view.report.status, BAND[view.report.status] ?? 'plain'),
    ...parts.map(part => span(`${glyphs.separator}${part}`, 'dim')),
  ];
}

function phaseWords({ report, progress }: JobView): string[] {
  if (!progress) {
    const { downtime, 'total-time': total, 'error-desc': error } = report;
    return [
      ...(downtime === undefined ? [] : [`reported ${duration(downtime)}`]),
      ...(total === undefined ? [] : [`in ${duration(total)}`]),
      ...(error === undefined ? [] : [printable(error)]),
    ];
  }
  const { share, leftMs, converges } = progress;
  return [
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
    ...(leftMs === undefined ? [] : [`${Math.ceil(leftMs / 1000)} s left`]),
    ...(converges === false ? ['does not converge'] : []),
  ];
}

function costWords({ report, progress }: JobView): string[] {
  const { transferred, mbps, transport, 'expected-downtime': expected } = report;
  const { 'dirty-sync-count': rounds, 'cpu-throttle-percentage': throttle } = report;
  return [
    ...(transferred === undefined ? [] : [`${bytes(transferred)} sent`]),
    ...(progress && mbps !== undefined ? [`${Math.round(mbps)} Mbit/s`] : []),
    ...(rounds === undefined ? [] : [`iteration ${rounds}`]),
    ...(throttle ? [`slowed by ${throttle} %`] : []),
    ...(progress && expected !== undefined ? [`would stop ${duration(expected)}`] : []),
    ...(transport === undefined ? [] : [transport === 'tls' ? 'TLS' : 'in clear']),
  ];
}
