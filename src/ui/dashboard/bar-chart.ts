import type { Widgets } from 'blessed';
import { duration } from '../../core/format/duration.js';
import { BAR_SPACING } from '../panels/histogram.js';
import type { Rectangle } from '../panels/layout.js';
import type { HistogramBar } from '../view/view.js';

/** The part of blessed-contrib's bar chart in use. */
interface BarWidget extends Widgets.BoxElement {
  setData(data: { titles: string[]; data: number[] }): void;
}
type MakeBar = (options: object) => BarWidget;

const BAR_WIDTH = 6;

/** Upright bars over lines with the same figures; blessed-contrib is loaded when they are first shown. */
export class BarChart {
  private loading: Promise<void> | undefined;
  private make: MakeBar | undefined;
  private widget: BarWidget | undefined;
  private place = '';

  constructor(
    private readonly screen: Widgets.Screen,
    /** Called once the chart can be drawn. */
    private readonly ready: () => void,
  ) {}

  show(box: Rectangle, bars: readonly HistogramBar[]): void {
    this.loading ??= this.load();
    if (!this.make) return;
    const place = Object.values(box).join();
    // The widget takes its canvas's size when it is attached and never again.
    if (place !== this.place) this.hide();
    this.place = place;
    this.widget ??= this.attach(this.make, box);
    this.widget.setData({
      titles: bars.map(({ from }) => duration(from)),
      data: bars.map(({ count }) => count),
    });
  }

  hide(): void {
    this.widget?.detach();
    this.widget = undefined;
  }

  private attach(make: MakeBar, { top, left, width, height }: Rectangle): BarWidget {
    const widget = make({
      ...{ top: top + 1, left, width, height: height - 1 },
      ...{ barWidth: BAR_WIDTH, barSpacing: BAR_SPACING, xOffset: 2, maxHeight: 1 },
      ...{ barBgColor: 'cyan', barFgColor: 'normal', labelColor: 'normal' },
    });
    this.screen.append(widget);
    return widget;
  }

  private async load(): Promise<void> {
    // The widget alone: the whole library would also load maps and markdown.
    const path = 'blessed-contrib/lib/widget/charts/bar.js';
    this.make = ((await import(path)) as { default: MakeBar }).default;
    this.ready();
  }
}
