import type { Light } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import { printable } from '../../core/format/text.js';
import type { PageModel, PageTarget } from '../../page/model.js';
import { endOf } from '../report/excerpt.js';
import { anchorOf } from '../report/sections.js';
import type { EventPicture, Survey, TargetPicture } from '../report/survey.js';
import type { TargetGatherer } from './gather.js';

const LIGHT_CODES: Readonly<Record<Light, 0 | 1 | 2>> = { green: 0, amber: 1, red: 2 };

/** What the player needs beside the samples; texts are printable. */
export function pageModel(
  { targets, events, notes, span, analysis }: Survey,
  gatherers: ReadonlyMap<string, TargetGatherer>,
  detectors: readonly string[],
): PageModel {
  const since = (at: number) => Math.round((at - span.from) * 10) / 10;
  const places = new Map(targets.map(({ summary }, index) => [summary.target, index]));
  return {
    startedAt: span.from,
    lengthMs: span.to - span.from,
    intervalMs: analysis.header.plan.intervalMs,
    targets: targets.map(target => targetOf(target, since, gatherers, detectors)),
    events: events.map(picture => eventOf(picture, since, places)),
    notes: notes.flatMap(({ at, text }) =>
      at === undefined || at < span.from || at > span.to ? [] : [{ at: since(at), text: printable(text) }],
    ),
  };
}

function targetOf(
  { info, lights, gaps, summary }: TargetPicture,
  since: (at: number) => number,
  gatherers: ReadonlyMap<string, TargetGatherer>,
  detectors: readonly string[],
): PageTarget {
  const { rttMs } = summary;
  return {
    ...{ name: printable(info.name), simulated: info.simulated, detectors: detectors.map(printable) },
    lights: lights.map(({ at, light }) => [since(at), LIGHT_CODES[light]]),
    gaps: gaps.map(({ from, to }) => [since(from), since(to)]),
    frameWords: gatherers.get(summary.target)?.frameWords ?? [],
    ...(rttMs && { rttMs: { min: rttMs.min, median: rttMs.median, max: rttMs.max } }),
  };
}

function eventOf(
  { number, event, page, detail }: EventPicture,
  since: (at: number) => number,
  places: ReadonlyMap<string, number>,
): PageModel['events'][number] {
  const blackout = detail?.blackout;
  return {
    ...{
      number,
      anchor: anchorOf(number),
      target: places.get(event.target)!,
      kind: page.kind,
      red: event.red,
    },
    ...{ from: since(event.startedAt), to: since(endOf(event)) },
    ...(blackout && { blackout: [since(blackout.from), since(blackout.to)] as const }),
    length: event.blackoutMs ? `blackout ${duration(event.blackoutMs.estimate)}` : '',
    steps: page.steps.join(' → '),
  };
}
