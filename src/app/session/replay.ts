import type { Millis, Sample } from '../../core/sample.js';
import type { TargetChange, TargetInfo } from '../../core/session.js';
import { asUsage } from '../../core/usage-error.js';
import type { Progress } from '../../output/progress.js';
import { failed } from '../../plan/fail-on.js';
import type { ReplayPlan } from '../../plan/plan.js';
import { pairEvents } from '../../recording/event-list.js';
import { type Header, IMPORTED, type Row } from '../../recording/format.js';
import { RecordingReader } from '../../recording/reader.js';
import { relearning } from '../../recording/relearning.js';
import { SessionEngine } from '../../session/engine.js';
import { Notices } from '../../session/notices.js';
import { ReplaySource } from '../../sources/replay.js';
import { CLOSE_SPAN } from '../../ui/model/state.js';
import { type Frontend, type FrontendPorts, openFrontend } from './frontend.js';
import type { Ending, SessionIo, SessionResult } from './live.js';
import { openAlerts } from './open-alerts.js';
import { perform } from './perform.js';
import { recall } from './recall.js';
import { recordedDetectors } from './recorded-detectors.js';
import { replayKeys } from './replay-keys.js';
import { ReplayNotes } from './replay-notes.js';

/** Some 100 ms of judging. */
const LOOKBACK_SAMPLES = 60_000;

/** Composes a replay, runs it to its end and cleans up. Rejects with a UsageError for what is no recording. */
export async function replay(plan: ReplayPlan, io: SessionIo, progress: Progress): Promise<SessionResult> {
  const said = new Notices();
  const say = plan.headless ? io.say : (text: string) => said.add(text);
  const { header } = await asUsage(() => headerOf(plan.path));
  const choices = plan.detectors ?? recordedDetectors(header.plan.detectors, say);
  const holdMs = plan.holdMs ?? header.plan.holdMs;
  const speed = plan.speed ?? (plan.headless ? Infinity : 1);
  const source = await asUsage(() =>
    ReplaySource.open(plan.path, {
      ...{ choices, holdMs, lookbackMs: lookback(header), speed },
      progress: share => progress.show(share),
    }),
  );
  progress.end();
  const session = new SessionEngine(choices, holdMs);
  for (const { target } of header.targets) session.tally.of(target);
  const summaries = () => session.tally.targetSummaries();
  if (plan.headless) source.onNotice = io.say;
  for (const name of relearning(choices))
    say(
      `the detector ${name} keeps its state to itself: it learns anew where the recording begins and after a jump`,
    );
  const alerts = await openAlerts(plan, { session, info: () => source.info(), say });
  const notes = await ReplayNotes.of(plan.path, source.overview.notes, say);
  const asked = { ...plan, wasShown: header.host !== IMPORTED };
  const stage = { ...stageOf(source, session, said, notes, holdMs, asked), bell: alerts.bell };
  const face = await openFrontend(plan, stage, io);
  follow(source, session, face, say);
  const finished = plan.headless ? source.finished.then((): Ending => 'done') : failure(source.finished);
  const take = (sample: Sample) => {
    const step = session.take(sample)!;
    face.take(step);
    alerts.take(step);
    if (plan.headless) waitForReader(source, io);
  };
  let over = false;
  const recalled = face.recall && recall(plan.path, { choices, holdMs }, face.recall, () => over);
  recalled?.catch((error: Error) => say(`the graph can't look back further: ${error.message}`));
  const ending = await perform(source, take, face, [finished, io.ended]);
  over = true;
  await notes.settled();
  await alerts.close(io.say);
  return { ending, failed: failed(plan.failOn, summaries(), session.checklist(true)) };
}

/** Holds a replay while its lines are read more slowly than they come: nothing of a recording is dropped. */
function waitForReader(source: ReplaySource, { output }: SessionIo): void {
  if (source.paused || !output.isFull) return;
  source.pause();
  void output.settled().then(() => source.resume());
}

/** As much of the past as a screen can show, as long as a jump stays quick. */
function lookback({ plan, targets }: Header): Millis {
  const samplesPerMs = Math.max(1, targets.length) / Math.max(1, plan.intervalMs);
  return Math.min(CLOSE_SPAN, LOOKBACK_SAMPLES / samplesPerMs);
}

function stageOf(
  source: ReplaySource,
  session: SessionEngine,
  said: Notices,
  told: ReplayNotes,
  holdMs: number,
  { detectors, wasShown }: ReplayPlan & { wasShown: boolean },
): FrontendPorts {
  const { startedAt, endedAt, recorded, judged, gaps } = source.overview;
  const pairs = pairEvents(wasShown ? recorded : undefined, judged);
  return {
    holdMs,
    info: () => said.addedTo(source.info()),
    now: () => source.now(),
    summaries: () => session.tally.targetSummaries(),
    keys: replayKeys(source, session, told),
    notes: () => (told.all.length > 0 ? told.all : undefined),
    replay: () => {
      const { speed, paused } = source;
      return { speed, paused, startedAt, endedAt, pairs, gaps, notes: told.all };
    },
    checklist: over => session.checklist(over),
    comparison: detectors !== undefined,
  };
}

/** What the recording holds beside samples, and jumps, reach judgement and face alike. */
function follow(
  source: ReplaySource,
  session: SessionEngine,
  face: Frontend,
  say: (text: string) => void,
): void {
  let heard = 0;
  const hear = () => {
    for (; heard < session.notices.length; heard++) say(session.notices[heard]!);
  };
  source.onRow = row => {
    const change = changeOf(row, source.info().targets);
    const over = row.type === 'removed' ? session.remove(row.data) : [];
    if (row.type !== 'removed') session.take(row);
    if (change) face.target(change, over);
    if (row.type === 'note') face.note?.(row.data);
    if (row.type === 'reset') face.reset(row.data.target);
    hear();
  };
  source.onJump = ({ state, events }) => {
    session.load(state);
    face.jump({
      tally: session.tally,
      lights: session.lights.values(),
      events: [...events, ...session.open.values()],
    });
  };
}

/** What a row says of who is watched; `targets` were before it. */
function changeOf(row: Row, targets: readonly TargetInfo[]): TargetChange | undefined {
  if (row.type !== 'target' && row.type !== 'removed') return undefined;
  const { at } = row.data;
  const id = row.type === 'target' ? row.data.info.target : row.data.target;
  const known = targets.find(({ target }) => target === id);
  if (row.type === 'target') return { at, action: known ? 'changed' : 'added', info: row.data.info };
  return known && { at, action: 'removed', info: known };
}

/** Rejects when `played` does, and else says nothing: a screen stays where the recording ends. */
function failure(played: Promise<void>): Promise<never> {
  return new Promise((_, reject) => played.catch(reject));
}

function headerOf(path: string): Pick<RecordingReader, 'header'> {
  const reader = RecordingReader.open(path);
  reader.close();
  return reader;
}
