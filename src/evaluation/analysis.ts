import type { DetectorChoice } from '../core/detector.js';
import type { MigrationEvent } from '../core/event.js';
import { getOrMake } from '../core/get-or-make.js';
import { type UnseenJob, UnseenJobs } from '../core/hypervisor/unseen.js';
import type { Checklist, MaintenancePlan } from '../core/maintenance/checklist.js';
import type { Note } from '../core/note.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../core/sample.js';
import { Jitter } from '../core/statistics/jitter.js';
import type { LevelTrack } from '../core/statistics/level-track.js';
import { Tally } from '../core/statistics/tally.js';
import type { TargetSummary } from '../core/statistics/target-tally.js';
import type { Step } from '../core/step.js';
import type { RecordingEnd } from '../recording/ending.js';
import { EventList } from '../recording/event-list.js';
import { type Entry, isSample, RecordingReader, readThrough } from '../recording/reader.js';
import type { Header } from '../recording/rows.js';
import { EVERYTHING, holdsSample, holdsSpan, type Selection } from '../recording/selection.js';
import { SessionEngine } from '../session/engine.js';
import { type Observed, ObservedSpan, type Span } from './coverage.js';
import { Detections } from './detections.js';
import type { DetectorSet } from './detector-sets.js';
import { LevelChanges, type TargetChange } from './level-changes.js';
import type { Detection } from './matching.js';
import { NearLosses } from './near-losses.js';

const MAX_NOTES = 1000;

/** The result of one set of detectors on a recording. */
export interface Judgment {
  name: string;
  choices: readonly DetectorChoice[];
  line?: string;
  events: readonly MigrationEvent[];
  detections: readonly Detection[];
  notices: readonly string[];
}

export interface TargetFigures extends TargetSummary, Observed {
  name: string;
  /** See `Jitter`. */
  jitterMs?: Millis;
}

/** The results of one pass through a recording. The figures count the events of the last set of detectors. */
export interface Analysis {
  path: string;
  header: Header;
  startedAt: Millis;
  endedAt: Millis;
  samples: number;
  ending: RecordingEnd;
  targets: readonly TargetFigures[];
  /** The events as they were shown. */
  recorded: readonly MigrationEvent[];
  judgements: readonly Judgment[];
  /** In the order of time. */
  notes: readonly Note[];
  /** The progress of the maintenance by the last set of detectors; absent without maintenance. */
  maintenance?: Checklist;
  /** Migrations that hypervisors reported and of which nothing was seen. */
  unseen?: readonly UnseenJob[];
  /** When each target was not probed. */
  unobserved: ReadonlyMap<TargetId, readonly Span[]>;
  /** Echoes around losses. */
  nearLosses: readonly Sample[];
  /** The changes of level, in the order in which they were confirmed; absent unless they were asked for. */
  changes?: readonly TargetChange[];
}

export interface AnalysisOptions {
  progress?: (share: number) => void;
  /** Also lists the changes of level, with these tracks. */
  makeTrack?: () => LevelTrack;
  /** The expected moves in place of the recorded ones. */
  maintenance?: MaintenancePlan;
  /** What is shown and counted. */
  selection?: Selection;
  /** How long a light stays; 0 if lights are not shown. */
  holdMs?: Millis;
  /** Receives every entry, and the step that it led to with the last set of detectors. */
  watch?: (entry: Entry, step: Step | undefined) => void;
  /** False: the analysis is not scored, so that it needs no echoes around losses, which can be a million a day. */
  scored?: boolean;
}

/** Reads a recording once, in constant memory. Rejects if the file is not a recording. */
export async function analyse(
  path: string,
  detectorSets: readonly DetectorSet[],
  options: AnalysisOptions = {},
): Promise<Analysis> {
  const { progress, makeTrack, maintenance: plan, selection = EVERYTHING } = options;
  const { holdMs = 0, watch, scored = true } = options;
  const reader = RecordingReader.open(path);
  try {
    const { header } = reader;
    const sessions = detectorSets.map(set => ({
      set,
      engine: new SessionEngine(set.choices, holdMs),
      detections: new Detections(),
    }));
    if (plan) for (const { engine } of sessions) engine.expectInstead({ at: header.startedAt, ...plan }, []);
    const last = sessions.at(-1)!.engine;
    const [part, isPart] = [new Tally(), selection !== EVERYTHING];
    const recorded = new EventList();
    const notes: Note[] = [];
    const span = new ObservedSpan(header.plan);
    const [jobs, unseen] = [new UnseenJobs(), [] as UnseenJob[]];
    const jitters = new Map<TargetId, Jitter>();
    const reachMs = 2 * header.plan.timeoutMs + 1000;
    const nearLosses = new Map<TargetId, NearLosses>();
    const levels = makeTrack && new LevelChanges(makeTrack);
    let samples = 0;
    const take = (entry: Entry) => {
      for (const { engine, detections } of sessions) {
        const step = engine.take(entry);
        if (step) detections.take(step);
        if (engine === last) watch?.(entry, step);
        const job = step && engine === last ? jobs.take(step) : undefined;
        if (job) unseen.push(job);
        if (step && engine === last && isPart && holdsSample(selection, step.sample)) part.take(step);
      }
      if (isSample(entry)) {
        levels?.take(entry);
        if (!holdsSample(selection, entry)) return;
        samples++;
        span.take(entry);
        getOrMake(jitters, entry.target, () => new Jitter()).take(entry);
        if (scored) getOrMake(nearLosses, entry.target, () => new NearLosses(reachMs)).take(entry);
      } else if (entry.type === 'event') recorded.add(entry.data);
      else if (entry.type === 'note' && notes.length < MAX_NOTES) notes.push(entry.data);
    };
    await readThrough(reader, take, progress);
    const isShown = (event: { target: TargetId; startedAt: Millis; endedAt?: Millis }) =>
      holdsSpan(selection, event);
    const lastEvents = sessions.at(-1)!.detections.events.all().filter(isShown);
    const maintenance = last.checklist(true);
    const names = new Map(header.targets.map(({ target, name }) => [target, name]));
    return {
      ...{ path, header, samples, ending: reader.ending! },
      startedAt: samples > 0 ? span.startedAt : header.startedAt,
      endedAt: samples > 0 ? span.endedAt : header.startedAt,
      targets: (isPart ? part : last.tally).targetSummaries().map(summary => {
        const { target } = summary;
        const jitterMs = jitters.get(target)?.value;
        const name = names.get(target) ?? target;
        return {
          ...{ ...summary, name, ...span.of(target) },
          ...(isPart && { events: kindsOf(lastEvents, target) }),
          ...(jitterMs !== undefined && { jitterMs: toMicros(jitterMs) }),
        };
      }),
      recorded: recorded.all().filter(isShown),
      notes: notes.filter(({ at, target }) =>
        holdsSpan(selection, { startedAt: at, endedAt: at, ...(target !== undefined && { target }) }),
      ),
      unobserved: new Map(
        last.tally.targetSummaries().map(({ target }) => [target, span.unobserved(target)]),
      ),
      unseen: unseen.filter(({ target, at }) => isShown({ target, startedAt: at, endedAt: at })),
      ...(maintenance && { maintenance }),
      judgements: sessions.map(({ set, engine, detections }) => ({
        ...set,
        events: detections.events
          .all()
          .filter(event => isShown(event) && (selection.event ?? event.id) === event.id),
        detections: detections.all().filter(isShown),
        notices: engine.notices,
      })),
      nearLosses: [...nearLosses.values()].flatMap(({ samples }) => samples),
      ...(levels && {
        changes: levels.changes.filter(({ target, at }) => isShown({ target, startedAt: at, endedAt: at })),
      }),
    };
  } finally {
    reader.close();
  }
}

function kindsOf(events: readonly MigrationEvent[], target: TargetId): TargetSummary['events'] {
  const counts: TargetSummary['events'] = {};
  for (const event of events) if (event.target === target) counts[event.kind] = (counts[event.kind] ?? 0) + 1;
  return counts;
}
