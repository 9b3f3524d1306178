import { basename } from 'node:path';
import type { LightState, MigrationEvent } from '../../core/event.js';
import { formerName } from '../../core/format/target-name.js';
import { getOrMake } from '../../core/get-or-make.js';
import { wordsOf } from '../../core/hypervisor/words.js';
import type { Sample, TargetId } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { Step } from '../../core/step.js';
import { type Analysis, analyse, type TargetFigures } from '../../evaluation/analysis.js';
import type { Span } from '../../evaluation/coverage.js';
import type { DetectorSet } from '../../evaluation/detector-sets.js';
import { eventNumbered, numberOf } from '../../evaluation/event-page.js';
import { type MigrationRow, migrationsOf } from '../../evaluation/migrations.js';
import type { TruthItem } from '../../evaluation/truth.js';
import { type Entry, isSample, RecordingReader, readThrough } from '../../recording/reader.js';
import { EVERYTHING, holdsSample, type Selection } from '../../recording/selection.js';
import type { Note } from '../../recording/store.js';
import { PAGE_SIZE } from '../../ui/panels/event-page-text.js';
import { type EventPageView, eventPageOf } from '../../ui/view/event-page.js';
import { type Blackout, blackoutOf, type Stop, stopsOf } from './blackout.js';
import { Columns } from './columns.js';
import { addTo, type Excerpt, excerptAround } from './excerpt.js';

/** What is asked of a survey. */
export interface SurveyRequest {
  path: string;
  judging: Required<DetectorSet>;
  holdMs: number;
  /** Columns of the picture of a target. */
  columns: number;
  /** Notes that the recording does not hold. */
  notes?: readonly Note[];
  /** Labels of what really happened. */
  truth?: readonly TruthItem[];
  selection?: Selection;
  /** The only event that gets a page: its id or number. */
  event?: string;
  progress?: (share: number) => void;
  /** Receives every step of a shown target while the recording is judged, and every sample afterwards. */
  onStep?: (step: Step) => void;
  onSample?: (sample: Sample) => void;
}

/** The content of a report and of a shared page. */
export interface Survey {
  title: string;
  analysis: Analysis;
  span: Span;
  /** Says which detectors judged it. */
  judgedBy: string;
  /** Those in the recording and those from elsewhere, in the order of time; first those about the whole. */
  notes: readonly Note[];
  targets: readonly TargetPicture[];
  /** Of the targets shown, in the order in which they began. */
  events: readonly EventPicture[];
  migrations: readonly MigrationRow[];
  /** The number of targets that were left out. */
  more: number;
}

export interface TargetPicture {
  info: TargetInfo;
  summary: TargetFigures;
  /** When it was not probed. */
  gaps: readonly Span[];
  lights: readonly LightState[];
  columns: Columns;
}

/** An event, and what its page shows. */
export interface EventPicture {
  /** As in its id, in the lines and in `analyze`. */
  number: string;
  event: MigrationEvent;
  info: TargetInfo;
  page: EventPageView;
  /** What hypervisors reported about it, in words. */
  reported?: string;
  /** Absent beyond the first MAX_PAGES events. */
  detail?: { excerpt: Excerpt; blackout?: Blackout; stops: readonly Stop[] };
}

/** A page with more targets is not readable. */
const MAX_TARGETS = 50;
const MAX_LIGHTS = 20_000;
/** Events with a page of their own. */
export const MAX_PAGES = 60;

const NO_WITNESSES = { probes: { since() {} }, clock: { since() {} }, marks: { since() {} } };

/** Reads the recording twice: to judge it, and to gather what the judged events and the length require. */
export async function survey(request: SurveyRequest): Promise<Survey> {
  const { path, judging, selection = EVERYTHING, progress = () => {} } = request;
  const lights = new Map<TargetId, LightState[]>();
  const infos = new Map<TargetId, TargetInfo>();
  const watch = (entry: Entry, step: Step | undefined) => {
    if (!isSample(entry) && entry.type === 'target') infos.set(entry.data.info.target, entry.data.info);
    if (!step) return;
    request.onStep?.(step);
    for (const light of step.lights) {
      const list = getOrMake(lights, light.target, () => []);
      if (list.length < MAX_LIGHTS) list.push(light);
    }
  };
  const analysis = await analyse(path, [judging], {
    ...{ selection, holdMs: request.holdMs, watch },
    progress: share => progress(share * 0.75),
  });
  for (const info of analysis.header.targets) if (!infos.has(info.target)) infos.set(info.target, info);
  const span = { from: analysis.startedAt, to: Math.max(analysis.endedAt, analysis.startedAt + 1) };
  const chosen = analysis.targets.filter(({ target }) => selection.targets?.has(target) ?? true);
  const shown = chosen.slice(0, MAX_TARGETS);
  const targets = shown.map(
    (summary): TargetPicture => ({
      ...{ summary, info: infos.get(summary.target) ?? unknownTarget(summary.target) },
      gaps: analysis.unobserved.get(summary.target) ?? [],
      lights: lights.get(summary.target) ?? [],
      columns: new Columns(span, request.columns),
    }),
  );
  const excerpts = excerptsOf(analysis, shown, request.event);
  await gather(request, targets, excerpts, share => progress(0.75 + share * 0.25));
  return {
    ...{ title: basename(path).replace(/\.jsonl$/, ''), analysis, span, judgedBy: judging.line, targets },
    notes: [...analysis.notes, ...(request.notes ?? [])].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)),
    events: eventsOf(analysis, targets, excerpts, request.truth ?? []),
    migrations: migrationsOf(analysis),
    more: chosen.length - shown.length,
  };
}

/** An empty excerpt for each event that gets a page. Throws a UsageError if the event asked for does not exist. */
function excerptsOf(
  { judgements }: Analysis,
  shown: readonly TargetFigures[],
  name: string | undefined,
): Map<MigrationEvent, Excerpt> {
  const { events } = judgements.at(-1)!;
  const targets = new Set(shown.map(({ target }) => target));
  const chosen = name === undefined ? events : [eventNumbered(name, events)];
  const paged = chosen.filter(({ target }) => targets.has(target)).slice(0, MAX_PAGES);
  return new Map(paged.map(event => [event, excerptAround(event)]));
}

async function gather(
  { path, selection = EVERYTHING, onSample }: SurveyRequest,
  targets: readonly TargetPicture[],
  excerpts: ReadonlyMap<MigrationEvent, Excerpt>,
  progress: (share: number) => void,
): Promise<void> {
  const own = new Map(
    targets.map(({ summary: { target }, columns }) => [
      target,
      { columns, excerpts: [...excerpts].filter(([event]) => event.target === target).map(each => each[1]) },
    ]),
  );
  const reader = RecordingReader.open(path);
  try {
    await readThrough(
      reader,
      entry => {
        if (!isSample(entry)) return;
        const found = own.get(entry.target);
        if (!found) return;
        for (const excerpt of found.excerpts) addTo(excerpt, entry);
        if (!holdsSample(selection, entry)) return;
        found.columns.take(entry);
        onSample?.(entry);
      },
      progress,
    );
  } finally {
    reader.close();
  }
}

function eventsOf(
  { judgements, endedAt }: Analysis,
  targets: readonly TargetPicture[],
  excerpts: ReadonlyMap<MigrationEvent, Excerpt>,
  truth: readonly TruthItem[],
): EventPicture[] {
  const infos = new Map(targets.map(({ info, summary }) => [summary.target, info]));
  return judgements
    .at(-1)!
    .events.filter(({ target }) => infos.has(target))
    .sort((a, b) => a.startedAt - b.startedAt)
    .map(event => {
      const info = infos.get(event.target)!;
      const excerpt = excerpts.get(event);
      const blackout = excerpt && blackoutOf(event, excerpt);
      return {
        ...{ number: numberOf(event), event, info },
        page: eventPageOf(event, NO_WITNESSES, info, endedAt, PAGE_SIZE),
        ...(event.reported && { reported: wordsOf(event.reported, event) }),
        ...(excerpt && {
          detail: { excerpt, ...(blackout && { blackout }), stops: stopsOf(event, excerpt, truth) },
        }),
      };
    });
}

function unknownTarget(target: TargetId): TargetInfo {
  return { target, ...formerName(target), address: target, backend: '', witnesses: [] };
}
