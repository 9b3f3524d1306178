import type uPlotKind from 'uplot';
import type { Lane, Pen } from './lanes.js';
import type { PageModel } from './model.js';
import type { View } from './view.js';

/** The charting library, in a script of its own in the same page. */
declare const uPlot: typeof uPlotKind;

/** What all lanes have in common, asked anew for each drawing. */
export interface Scene {
  model: PageModel;
  view: View;
  colour: (name: string) => string;
}

const AXIS_WIDTH = 68;
const AXIS_HEIGHT = 30;
const HATCH_STEP = 8;
/** Steps of time marks: they divide a second, a minute, an hour or a day evenly. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map(minutes => minutes * 60_000),
];

/** The lanes of one target, one below the other on one time axis. */
export class Charts {
  private readonly plots: uPlotKind[];

  constructor(
    private readonly holder: HTMLElement,
    private readonly lanes: readonly Lane[],
    private readonly scene: () => Scene,
    seek: (at: number) => void,
  ) {
    this.plots = lanes.map((lane, index) => this.plotOf(lane, index === lanes.length - 1, seek));
  }

  draw(): void {
    const { model, view } = this.scene();
    const [min, max] = [model.startedAt + view.from, model.startedAt + view.to];
    for (const [index, plot] of this.plots.entries()) {
      const [low, high] = this.lanes[index]!.range(view);
      plot.batch(() => {
        plot.setScale('x', { min, max });
        plot.setScale('y', { min: low, max: high });
      });
    }
  }

  resize(): void {
    for (const plot of this.plots) plot.setSize({ width: this.width, height: plot.height });
  }

  /** The moment below a pointer. */
  momentAt(clientX: number): number {
    const [plot] = this.plots;
    const { left, width } = plot!.over.getBoundingClientRect();
    const { from, to } = this.scene().view;
    return from + ((clientX - left) / width) * (to - from);
  }

  destroy(): void {
    for (const plot of this.plots) plot.destroy();
    this.holder.replaceChildren();
  }

  private get width(): number {
    return Math.max(200, this.holder.clientWidth);
  }

  private plotOf(lane: Lane, isLast: boolean, seek: (at: number) => void): uPlotKind {
    const title = document.createElement('p');
    title.className = 'lane-title';
    title.textContent = lane.title;
    const frame = document.createElement('div');
    frame.setAttribute('aria-hidden', 'true');
    this.holder.append(title, frame);
    const stroke = () => this.scene().colour('muted');
    const grid = { stroke: () => this.scene().colour('grid'), width: 1 };
    const plot = new uPlot(
      {
        width: this.width,
        height: lane.height + (isLast ? AXIS_HEIGHT : 0),
        legend: { show: false },
        padding: [6, 10, isLast ? 0 : 6, 0],
        cursor: { sync: { key: 'lanes' }, y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { time: false, range: () => boundsOf(this.scene()) },
          y: { range: () => [...lane.range(this.scene().view)], ...(lane.isLog && { distr: 3, log: 10 }) },
        },
        series: [{}, { show: true, paths: () => null, points: { show: false } }],
        axes: [
          {
            ...{ show: true, stroke, grid, size: isLast ? AXIS_HEIGHT : 0, ticks: { ...grid, show: isLast } },
            space: 90,
            incrs: TIME_STEPS,
            values: (_, splits, __, ___, step) => splits.map(value => (isLast ? timeLabel(value, step) : '')),
          },
          {
            ...{
              stroke,
              grid: { ...grid, show: lane.tick !== undefined },
              size: AXIS_WIDTH,
              ticks: { show: false },
            },
            space: 26,
            values: (_, splits) => splits.map(value => (value === null ? '' : (lane.tick?.(value) ?? ''))),
          },
        ],
        hooks: {
          drawClear: [chart => drawGround(penOf(chart, this.scene()), this.scene(), lane.id === 'echo')],
          draw: [
            chart => {
              const pen = penOf(chart, this.scene());
              pen.context.save();
              pen.context.beginPath();
              pen.context.rect(pen.left, pen.top, pen.width, pen.height);
              pen.context.clip();
              lane.draw(pen);
              drawFuture(pen);
              pen.context.restore();
            },
          ],
        },
      },
      [boundsOf(this.scene()), [...lane.range(this.scene().view)]],
      frame,
    );
    plot.over.addEventListener('click', ({ clientX }) => seek(this.momentAt(clientX)));
    return plot;
  }
}

function boundsOf({ model, view }: Scene): [from: number, to: number] {
  return [model.startedAt + view.from, model.startedAt + view.to];
}

function penOf(chart: uPlotKind, { view, colour }: Scene): Pen {
  const { left, top, width, height } = chart.bbox;
  const perMs = width / (view.to - view.from);
  return {
    ...{ context: chart.ctx, view, colour, ratio: devicePixelRatio, left, top, width, height },
    x: at => left + (at - view.from) * perMs,
    y: value => chart.valToPos(value, 'y', true),
  };
}

/** Behind the samples: what was not observed, the blackouts, and the notes. */
function drawGround(pen: Pen, { model, view, colour }: Scene, withWords: boolean): void {
  const { context, left, top, width, height, ratio } = pen;
  const isShown = (from: number, to: number) => to >= view.from && from <= view.to;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  for (const [from, to] of model.targets[view.target]!.gaps)
    if (isShown(from, to)) hatch(pen, pen.x(Math.max(from, view.from)), pen.x(Math.min(to, view.to)));
  for (const { target, blackout, red, from, to, length } of model.events) {
    if (target !== view.target || !isShown(from, to)) continue;
    context.fillStyle = colour(red ? 'red' : 'amber');
    context.globalAlpha = 0.85;
    context.fillRect(pen.x(from), top, Math.max(ratio, pen.x(to) - pen.x(from)), 3 * ratio);
    context.globalAlpha = 0.2;
    if (blackout)
      context.fillRect(
        pen.x(blackout[0]),
        top,
        Math.max(1.5 * ratio, pen.x(blackout[1]) - pen.x(blackout[0])),
        height,
      );
    context.globalAlpha = 1;
    if (withWords) word(pen, length, pen.x(to));
  }
  context.strokeStyle = colour('accent');
  context.lineWidth = ratio;
  context.setLineDash([2 * ratio, 3 * ratio]);
  context.beginPath();
  for (const { at } of model.notes) {
    if (!isShown(at, at)) continue;
    context.moveTo(pen.x(at), top);
    context.lineTo(pen.x(at), top + height);
  }
  context.stroke();
  context.restore();
}

/** A text at the top of a lane, right of a position, or left of it where there is no room. */
function word({ context, colour, ratio, left, width, top }: Pen, text: string, x: number): void {
  context.font = `600 ${11 * ratio}px system-ui, sans-serif`;
  context.fillStyle = colour('ink');
  const isLeft = x + 6 * ratio + context.measureText(text).width > left + width;
  context.textAlign = isLeft ? 'right' : 'left';
  context.fillText(text, isLeft ? x - 6 * ratio : x + 6 * ratio, top + 16 * ratio);
}

/** What is not replayed yet is veiled, and the moment is a line. */
function drawFuture({ context, view, colour, ratio, left, top, width, height, x }: Pen): void {
  const at = Math.max(left, Math.min(left + width, x(view.at)));
  context.fillStyle = colour('paper');
  context.globalAlpha = 0.55;
  context.fillRect(at, top, left + width - at, height);
  context.globalAlpha = 1;
  context.fillStyle = colour('ink');
  context.fillRect(at - ratio / 2, top, ratio, height);
}

function hatch({ context, colour, ratio, top, height }: Pen, from: number, to: number): void {
  context.save();
  context.beginPath();
  context.rect(from, top, to - from, height);
  context.clip();
  context.fillStyle = colour('hatch-ground');
  context.fillRect(from, top, to - from, height);
  context.strokeStyle = colour('hatch');
  context.lineWidth = ratio;
  context.beginPath();
  for (let x = from - height; x < to; x += HATCH_STEP * ratio) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

/** A time of day as fine as the step between labels. */
function timeLabel(at: number, step: number): string {
  const iso = new Date(Math.round(at)).toISOString();
  if (step >= 60_000) return iso.slice(-13, -8);
  if (step >= 1000) return iso.slice(-13, -5);
  return iso.slice(-10, -1);
}
