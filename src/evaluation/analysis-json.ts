import { eventLine } from '../core/format/event-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import { maintenanceLine } from '../output/lines.js';
import type { Analysis } from './analysis.js';
import type { Score } from './score.js';
import type { Scores } from './scoring.js';

/** The same figures as one JSON document, with the fields of the headless lines where these have them. */
export function analysisJson(analyses: readonly Analysis[], scores?: Scores): string {
  return `${safeJson({
    type: 'analysis',
    recordings: analyses.map(({ path, startedAt, endedAt, samples, header, ...rest }) => ({
      path,
      ...{ startedAt: utc(startedAt), endedAt: utc(endedAt), samples },
      intervalMs: header.plan.intervalMs,
      ...{ ending: rest.ending, targets: rest.targets, recorded: rest.recorded.map(eventLine) },
      ...(rest.maintenance && { maintenance: maintenanceLine(endedAt, rest.maintenance) }),
      judged: rest.judgements.map(({ name, events, notices }) => ({
        name,
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
    confusion: Object.fromEntries([...confusion].map(([truth, told]) => [truth, Object.fromEntries(told)])),
    matches: matches.map(({ from, to, detection, ...match }) => ({
      ...{ ...match, from: utc(from), to: utc(to) },
      ...(detection && { detection: { ...detection, at: utc(detection.at) } }),
    })),
    unmatched: unmatched.map(detection => ({ ...detection, at: utc(detection.at) })),
  };
}
