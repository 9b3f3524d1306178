import { eventLine } from '../core/format/event-line.js';
import { maintenanceLine } from '../core/format/json-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import type { Analysis } from './analysis.js';
import type { Score } from './score.js';
import type { Scores } from './scoring.js';

/** The analyses as one JSON document. Events and other objects that headless lines have too have the same fields. */
export function analysisJson(analyses: readonly Analysis[], scores?: Scores): string {
  return `${safeJson({
    type: 'analysis',
    recordings: analyses.map(({ path, startedAt, endedAt, samples, header, ...rest }) => ({
      path,
      ...{ startedAt: utc(startedAt), endedAt: utc(endedAt), samples },
      intervalMs: header.plan.intervalMs,
      ...{ ending: rest.ending, targets: rest.targets, recorded: rest.recorded.map(eventLine) },
      ...(rest.maintenance && { maintenance: maintenanceLine(endedAt, rest.maintenance) }),
      judged: rest.judgements.map(({ name, choices, events, notices }) => ({
        name,
        detectors: choices.map(({ plugin, options }) => ({ name: plugin.name, options })),
        events: events.map(eventLine),
        notices,
      })),
    })),
    ...(scores && {
      scores: Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, plain(score)])),
    }),
  })}\n`;
}

function plain({ matches, unmatched, confusion, ...figures }: Score): object {
  return {
    ...figures,
    confusion: Object.fromEntries(
      [...confusion].map(([truth, counts]) => [truth, Object.fromEntries(counts)]),
    ),
    matches: matches.map(({ from, to, detection, ...match }) => ({
      ...{ ...match, from: utc(from), to: utc(to) },
      ...(detection && { detection: { ...detection, at: utc(detection.at) } }),
    })),
    unmatched: unmatched.map(detection => ({ ...detection, at: utc(detection.at) })),
  };
}
