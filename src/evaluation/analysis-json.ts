import { eventLine } from '../core/format/event-line.js';
import { maintenanceLine } from '../core/format/json-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import { toMicros } from '../core/sample.js';
import type { Analysis } from './analysis.js';
import type { TargetChange } from './level-changes.js';
import type { Detection } from './matching.js';
import {
  FIGURE_NAMES,
  type MigrationGroup,
  type MigrationRow,
  migrationsOf,
  quantileOf,
  valuesOf,
} from './migrations.js';
import type { Score } from './score.js';
import type { Scores } from './scoring.js';

/** The analyses as one JSON document. Events and other objects that headless lines have too have the same fields. */
export function analysisJson(
  analyses: readonly Analysis[],
  scores?: Scores,
  unscored: readonly Analysis[] = [],
  groups: readonly MigrationGroup[] = [],
): string {
  return `${safeJson({
    type: 'analysis',
    recordings: analyses.map(({ path, startedAt, endedAt, samples, header, ...rest }) => ({
      path,
      ...{ startedAt: utc(startedAt), endedAt: utc(endedAt), samples },
      intervalMs: header.plan.intervalMs,
      ...{ ending: rest.ending, targets: rest.targets, recorded: rest.recorded.map(eventLine) },
      ...(rest.maintenance && { maintenance: maintenanceLine(endedAt, rest.maintenance) }),
      ...(rest.notes.length > 0 && {
        notes: rest.notes.map(({ at, ...note }) => ({ at: utc(at), ...note })),
      }),
      migrations: migrationsOf({ path, judgements: rest.judgements, unseen: rest.unseen ?? [] }).map(
        migrationLine,
      ),
      ...(rest.changes && { changes: rest.changes.map(changeLine) }),
      judged: rest.judgements.map(({ name, choices, events, notices }) => ({
        name,
        detectors: choices.map(({ plugin, options }) => ({ name: plugin.name, options })),
        events: events.map(eventLine),
        notices,
      })),
    })),
    ...(scores && {
      scores: Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, plain(score)])),
      unscored: unscored.map(({ path }) => path),
    }),
    ...(groups.length > 0 && { groups: groups.map(groupLine) }),
  })}\n`;
}

/** A group of `--by`: of each figure, how many migrations have it, the median and the 95th percentile. */
function groupLine({ name, rows }: MigrationGroup): object {
  const figures = FIGURE_NAMES.flatMap(figure => {
    const values = valuesOf(rows, figure);
    const [median, p95] = [0.5, 0.95].map(share => quantileOf(values, share));
    return values.length > 0 ? [[figure, { known: values.length, median, p95 }]] : [];
  });
  return { name, migrations: rows.length, figures: Object.fromEntries(figures) };
}

function migrationLine({ recording: _, at, ...row }: MigrationRow): object {
  return { at: utc(at), ...row };
}

function changeLine({ target, at, confirmedAt, fromMs, toMs, probability }: TargetChange): object {
  const [from, to] = [toMicros(fromMs), toMicros(toMs)];
  return {
    ...{ target, at: utc(at), confirmedAt: utc(confirmedAt) },
    ...{ fromMs: from, toMs: to, confidence: Number(probability.toFixed(4)) },
  };
}

/** `falseMigrations` are the false reds, as former releases called them. */
function plain({ matches, unmatched, confusion, falseRedsByCause, ...figures }: Score): object {
  return {
    ...figures,
    falseRedsByCause: Object.fromEntries(falseRedsByCause),
    falseMigrations: figures.falseReds,
    falseMigrationsPerTargetDay: figures.falseRedsPerTargetDay,
    confusion: Object.fromEntries(
      [...confusion].map(([truth, counts]) => [truth, Object.fromEntries(counts)]),
    ),
    matches: matches.map(({ from, to, detection, ...match }) => ({
      ...{ ...match, from: utc(from), to: utc(to) },
      ...(detection && { detection: withTexts(detection) }),
    })),
    unmatched: unmatched.map(withTexts),
  };
}

function withTexts({ at, startedAt, endedAt, ...detection }: Detection): object {
  return {
    ...{ ...detection, at: utc(at), startedAt: utc(startedAt) },
    ...(endedAt !== undefined && { endedAt: utc(endedAt) }),
  };
}
