import { type DetectorChoice, witnessesOf } from '../../core/detector.js';
import type { Note } from '../../core/note.js';
import type { Millis, Sample } from '../../core/sample.js';
import { asUsage } from '../../core/validation/usage-error.js';
import { judgingSet } from '../../evaluation/recorded-detectors.js';
import type { Progress } from '../../output/progress.js';
import { failed } from '../../plan/fail-on.js';
import type { ReplayPlan } from '../../plan/plan.js';
import { type EventPair, pairEvents } from '../../recording/event-list.js';
import { readHeader } from '../../recording/header.js';
import { LaterNotes } from '../../recording/later-notes.js';
import { type Header, IMPORTED } from '../../recording/rows.js';
import { relearning } from '../../recording/state-rows.js';
import { SessionEngine } from '../../session/engine.js';
import type { Ending, SessionIo, SessionResult } from '../../session/io.js';
import { Notices } from '../../session/notices.js';
import { notesWithin } from '../../sources/import/note-log.js';
import { ReplaySource } from '../../sources/replay.js';
import { monotonicNow } from '../../system/clock.js';
import { CLOSE_SPAN_MS } from '../../ui/model/state.js';
import { EventPages } from './event-pages.js';
import { type FrontendPorts, openFrontend, withNotices } from './frontend.js';
import { type Alerts, openAlerts } from './open-alerts.js';
import { openingAt } from './opening.js';
import { perform } from './perform.js';
import { recall } from './recall.js';
import { ReplayEvents } from './replay-events.js';
import { replayKeys } from './replay-keys.js';
import { ReplayNotes } from './replay-notes.js';

/** A recording that is read within this time opens as a whole. */
const PATIENCE_MS: Millis = 400;
/** Some 100 ms of judging. */
const LOOKBACK_SAMPLES = 60_000;

/** Composes a replay, runs it to its end and cleans up. Rejects with a UsageError if the file is not a recording. */
export async function replay(
  plan: ReplayPlan & { context?: readonly Note[] },
  io: SessionIo,
  progress: Progress,
): Promise<SessionResult> {
  const notices = new Notices();
  const say = plan.headless ? io.say : (text: string) => notices.add(text);
  const header = await asUsage(() => readHeader(plan.path));
  const request = { named: plan.detectors, asRecorded: plan.asRecorded };
  const { choices, line } = judgingSet(header.plan.detectors, request, say);
  say(line);
  const holdMs = plan.holdMs ?? header.plan.holdMs;
  const speed = plan.speed ?? (plan.headless ? Infinity : 1);
  let isOpen = false;
  const source = await asUsage(() =>
    ReplaySource.open(plan.path, {
      ...{ choices, holdMs, lookbackMs: lookback(header), speed },
      // A screen shows the beginning while the rest is read; a place to open at has to be read first.
      ...(!plan.headless && plan.at === undefined && { patienceMs: PATIENCE_MS }),
      // From then on, the screen shows it.
      progress: share => isOpen || progress.show(share),
    }),
  );
  isOpen = true;
  progress.end();
  const engine = new SessionEngine(choices, holdMs);
  engine.begin(header.targets);
  if (plan.maintenance) engine.expectInstead({ at: source.now(), ...plan.maintenance }, []);
  if (plan.headless) source.onNotice = io.say;
  for (const name of relearning(choices))
    say(
      `the detector ${name} saves no state: it learns again at the start of the recording and after each jump`,
    );
  const alerts = await openAlerts(plan, { engine, info: () => source.info(), say });
  const { startedAt, endedAt } = source.overview;
  const context = notesWithin(plan.context ?? [], startedAt, endedAt).notes;
  const later = new LaterNotes(plan.path, plan.folder);
  const notes = await ReplayNotes.of(later, () => source.overview.notes, context, say);
  const isImport = header.host === IMPORTED;
  const parts = { source, engine, alerts, notes, notices, holdMs, choices, say };
  const opening = plan.at === undefined ? undefined : openingAt(plan.at, plan, source.overview);
  const ports = { ...portsOf(plan, parts, isImport), event: opening?.event };
  const frontend = await openFrontend(plan, ports, io);
  for (const sink of [frontend, alerts, { notice: say }]) engine.attach(sink);
  source.onRow = row => engine.take(row);
  source.onJump = jump => engine.jump(jump);
  const finished = plan.headless ? source.finished.then((): Ending => 'done') : failure(source.finished);
  const upcoming = plan.headless ? [...context] : [];
  const take = (sample: Sample) => {
    // A screen has all notes from the start; lines come in the order of time.
    while (upcoming.length > 0 && upcoming[0]!.at <= sample.knownAt)
      engine.take({ type: 'note', data: upcoming.shift()! });
    engine.take(sample);
    if (plan.headless) waitForReader(source, io);
  };
  let over = false;
  const recallFrom = frontend.recall;
  const recalled =
    recallFrom && source.read.then(() => recall(plan.path, { choices, holdMs }, recallFrom, () => over));
  recalled?.catch((error: Error) => say(`the graph can't look back further: ${error.message}`));
  const stop = async () => {
    await source.stop();
    await notes.settled();
  };
  const start = async (deliver: (samples: readonly Sample[]) => void) => {
    await source.start(deliver);
    if (!opening) return;
    source.pause();
    source.seek(opening.at);
  };
  const stoppable = { start, stop };
  const ending = await perform(stoppable, take, frontend, [finished, io.ended]);
  over = true;
  await alerts.close(io.say);
  return { ending, failed: failed(plan.failOn, engine.tally.targetSummaries(), engine.checklist(true)) };
}

/** Pauses a replay while its lines are read too slowly: no line of a recording is dropped. */
function waitForReader(source: ReplaySource, { output }: SessionIo): void {
  if (source.paused || !output.isFull) return;
  source.pause();
  void output.settled().then(() => source.resume());
}

/** The part of the past that a screen can show, as far as a jump stays fast. */
function lookback({ plan, targets }: Header): Millis {
  const samplesPerMs = Math.max(1, targets.length) / Math.max(1, plan.intervalMs);
  return Math.min(CLOSE_SPAN_MS, LOOKBACK_SAMPLES / samplesPerMs);
}

interface Parts {
  source: ReplaySource;
  engine: SessionEngine;
  alerts: Alerts;
  notes: ReplayNotes;
  notices: Notices;
  holdMs: Millis;
  choices: readonly DetectorChoice[];
  say(text: string): void;
}

/** An imported recording holds no events as they were shown. */
function portsOf({ detectors, folder }: ReplayPlan, parts: Parts, isImport: boolean): FrontendPorts {
  const { source, engine, alerts, notes, notices, holdMs, choices, say } = parts;
  const pairs = eventPairs(source, isImport);
  return {
    holdMs,
    info: () => withNotices(source.info(), notices),
    now: () => source.now(),
    tally: engine.tally,
    keys: replayKeys(source, engine, notes, new ReplayEvents(source, pairs)),
    notes: () => (notes.all.length > 0 ? notes.all : undefined),
    replay: () => {
      const { speed, paused, share, seeks, overview } = source;
      const { startedAt, endedAt, gaps } = overview;
      return {
        speed,
        paused,
        share,
        seeks,
        startedAt,
        endedAt,
        pairs: pairs(),
        gaps,
        notes: notes.all,
        bookmarks: notes.bookmarks,
      };
    },
    checklist: over => engine.checklist(over),
    bell: alerts.bell,
    detectorWitnesses: witnessesOf(choices),
    pages: new EventPages(folder, say),
    closingLines: () => notes.closingLines,
    comparison: detectors !== undefined,
  };
}

/** How often the events are paired again while the recording is read: it takes long with thousands. */
const PAIRING_MS: Millis = 2000;

/** The recorded events beside those judged now, of the part that was read. */
function eventPairs(source: ReplaySource, isImport: boolean): () => readonly EventPair[] {
  let pairs: readonly EventPair[] = [];
  let [madeAt, share] = [-Infinity, -1];
  return () => {
    if (source.share === share || (source.share < 1 && monotonicNow() < madeAt + PAIRING_MS)) return pairs;
    const { recorded, judged } = source.overview;
    pairs = pairEvents(isImport ? undefined : recorded, judged);
    [madeAt, share] = [monotonicNow(), source.share];
    return pairs;
  };
}

/** Rejects when `played` does and never resolves: a screen stays open at the end of the recording. */
function failure(played: Promise<void>): Promise<never> {
  return new Promise((_, reject) => played.catch(reject));
}
