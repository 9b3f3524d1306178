import { duration, parseDuration } from '../../core/format/duration.js';
import type { Millis } from '../../core/sample.js';
import type { Histogram } from '../../core/statistics/histogram.js';
import { rungAbove, rungBelow } from './round-numbers.js';

export const SHAPES = ['auto', 'linear', 'log'] as const;
export type ScaleShape = (typeof SHAPES)[number];

/** How RTTs are scaled: the shape, and the bounds where they are fixed for all targets. */
export interface Scaling {
  shape: ScaleShape;
  range?: ScaleBounds;
}

export interface ScaleBounds {
  low: Millis;
  high: Millis;
}

export const AUTOMATIC: Scaling = { shape: 'auto' };

/** At this ratio of fixed bounds, a linear scale would flatten values near the lower one. */
const LOG_BOUNDS = 50;

/** Reads `log`, `0..10ms`, `log:100us..1s`. Throws a RangeError that says what was expected. */
export function parseScaling(text: string): Scaling {
  const expected = 'expected linear, log, bounds such as 0..10ms, or both: log:100us..1s';
  const refuse = (why: string, cause?: unknown) =>
    new RangeError(`--scale ${JSON.stringify(text)} ${why}: ${expected}`, { cause });
  const [, shape = 'auto', low, high] =
    /^(auto|linear|log)?(?:(?:^|(?<=.):)([^.:]+(?:\.\d+[^.:]*)?)\.\.([^:]+))?$/.exec(text) ?? [];
  if (text === '' || (shape === 'auto' && low === undefined && text !== 'auto'))
    throw refuse('is not a scale');
  if (low === undefined) return { shape: shape as ScaleShape };
  const range = { low: bound(low, refuse), high: bound(high!, refuse) };
  if (range.low >= range.high) throw refuse('has a high bound that is not above the low one');
  if (shape === 'log' && range.low === 0) throw refuse('is logarithmic but starts at 0');
  return { shape: shape as ScaleShape, range };
}

function bound(text: string, refuse: (why: string, cause: unknown) => Error): Millis {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw refuse(`has the bound ${JSON.stringify(text)}, which is not a duration`, cause);
  }
}

/** A description of the scale; empty for the automatic one. */
export function scalingName({ shape, range }: Scaling): string {
  const fixed = range && `fixed ${duration(range.low)} to ${duration(range.high)}`;
  return [shape === 'auto' ? '' : shape, fixed].filter(Boolean).join(', ');
}

/** Whether fixed bounds need a logarithmic scale where none is specified. */
export function spansDecades({ low, high }: ScaleBounds): boolean {
  return low > 0 && high / low >= LOG_BOUNDS;
}

/** Round bounds that include nearly all of these RTTs; undefined before the first reply. */
export function scaleBoundsOf(rtts: readonly Histogram[]): ScaleBounds | undefined {
  const known = rtts.filter(({ count }) => count > 0);
  if (known.length === 0) return undefined;
  const low = Math.min(...known.map(rtt => rtt.quantile(0.01)!));
  const high = Math.max(...known.map(rtt => rtt.quantile(0.99)!));
  return { low: rungBelow(low), high: rungAbove(Math.max(high, low * 1.01)) };
}
