import type { DetectorChoice } from '../../core/detector.js';
import type { LightState, MigrationEvent } from '../../core/event.js';
import { formerName } from '../../core/format/target-name.js';
import { getOrMake } from '../../core/get-or-make.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { TargetSummary } from '../../core/statistics/target-tally.js';
import type { DetectorSet } from '../../evaluation/detector-sets.js';
import type { RecordingEnd } from '../../recording/ending.js';
import { EventList } from '../../recording/event-list.js';
import { isSample, RecordingReader, readThrough } from '../../recording/reader.js';
import type { Header } from '../../recording/rows.js';
import type { Note } from '../../recording/store.js';
import { SessionEngine } from '../../session/engine.js';
import { Columns, type Span } from './columns.js';

/** The data of a picture of a recording. */
export interface Survey {
  header: Header;
  span: Span;
  samples: number;
  ending: RecordingEnd;
  /** Says which detectors judged it. */
  judgedBy: string;
  /** The progress of the maintenance; absent without maintenance. */
  maintenance?: Checklist;
  /** Those in the recording and those added later, in the order of time; first those about the whole. */
  notes: readonly Note[];
  targets: readonly TargetPicture[];
  /** The number of targets that were left out. */
  more: number;
}

export interface TargetPicture {
  info: TargetInfo;
  summary: TargetSummary;
  events: readonly MigrationEvent[];
  lights: readonly LightState[];
  columns: Columns;
}

/** A figure with more targets is not readable. */
const MAX_TARGETS = 50;
const MAX_LIGHTS = 20_000;
const MAX_NOTES = 1000;

/** Reads the recording twice: to judge it, and to gather columns at the scale that its length requires. */
export async function survey(
  path: string,
  judging: Required<DetectorSet>,
  laterNotes: readonly Note[],
  columns: number,
  progress: (share: number) => void,
): Promise<Survey> {
  const judged = await judge(path, judging.choices, share => progress(share * 0.75));
  const shown = judged.tally.slice(0, MAX_TARGETS);
  const pictures = new Map(
    shown.map(summary => {
      const events = judged.events.filter(({ target }) => target === summary.target);
      return [
        summary.target,
        {
          ...{ summary, events },
          info: judged.infos.get(summary.target) ?? unknownTarget(summary.target),
          lights: judged.lights.get(summary.target) ?? [],
          columns: new Columns(judged.span, columns, events),
        },
      ];
    }),
  );
  const reader = RecordingReader.open(path);
  try {
    await readThrough(
      reader,
      entry => {
        if (isSample(entry)) pictures.get(entry.target)?.columns.take(entry);
      },
      share => progress(0.75 + share * 0.25),
    );
  } finally {
    reader.close();
  }
  const { header, span, samples, ending, maintenance } = judged;
  const targets = [...pictures.values()];
  const more = judged.tally.length - targets.length;
  return {
    ...{ header, span, samples, ending, judgedBy: judging.line },
    ...(maintenance && { maintenance }),
    notes: [...judged.notes, ...laterNotes].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)),
    ...{ targets, more },
  };
}

async function judge(path: string, choices: readonly DetectorChoice[], progress: (share: number) => void) {
  const reader = RecordingReader.open(path);
  try {
    const { header } = reader;
    const engine = new SessionEngine(choices, header.plan.holdMs);
    const events = new EventList();
    const lights = new Map<TargetId, LightState[]>();
    const infos = new Map(header.targets.map(info => [info.target, info]));
    const notes: Note[] = [];
    let [from, to, samples] = [Infinity, -Infinity, 0];
    await readThrough(
      reader,
      entry => {
        const step = engine.take(entry);
        if (!isSample(entry)) {
          if (entry.type === 'note' && notes.length < MAX_NOTES) notes.push(entry.data);
          if (entry.type === 'target') infos.set(entry.data.info.target, entry.data.info);
          return;
        }
        samples++;
        from = Math.min(from, entry.at);
        to = Math.max(to, entry.knownAt);
        if (!step) return;
        for (const event of step.events) events.add(event);
        for (const light of step.lights) {
          const list = getOrMake(lights, light.target, () => []);
          if (list.length < MAX_LIGHTS) list.push(light);
        }
      },
      progress,
    );
    const span = samples > 0 ? { from, to: Math.max(to, from + 1) } : emptySpan(header.startedAt);
    const tally = engine.tally.targetSummaries();
    const maintenance = engine.checklist(true);
    const ending = reader.ending!;
    return { header, span, samples, ending, maintenance, tally, events: events.all(), lights, infos, notes };
  } finally {
    reader.close();
  }
}

function emptySpan(startedAt: Millis): Span {
  return { from: startedAt, to: startedAt + 1 };
}

function unknownTarget(target: TargetId): TargetInfo {
  return { target, ...formerName(target), address: target, backend: '', witnesses: [] };
}
