import type { MaintenancePlan } from '../../core/maintenance/checklist.js';
import type { Millis, Sample } from '../../core/sample.js';
import { asUsage } from '../../core/usage-error.js';
import type { OutputQueue } from '../../output/output-queue.js';
import { failed } from '../../plan/fail-on.js';
import type { WatchPlan } from '../../plan/plan.js';
import { RecordSwitch } from '../../recording/record-switch.js';
import { SessionEngine } from '../../session/engine.js';
import { Notes, takeNotes } from '../../session/notes.js';
import { Notices } from '../../session/notices.js';
import { LiveSource } from '../../sources/live.js';
import type { LiveSamples } from '../../sources/live-samples.js';
import { SourceWithObservers } from '../../sources/observers.js';
import { type Frontend, type FrontendPorts, openFrontend } from './frontend.js';
import { liveKeys } from './live-keys.js';
import { membership } from './membership.js';
import { openAlerts } from './open-alerts.js';
import { type Deliver, perform } from './perform.js';
import { TargetList } from './target-list.js';

/** Why a session ended. */
export type Ending = 'done' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What the process lends to a session. */
export interface SessionIo {
  /** Standard output: data only. All of it, however long it takes. */
  write(text: string): void;
  /** The same for a session's lines, which may come faster than they are read. */
  output: OutputQueue;
  /** Standard error: talk. */
  say(text: string): void;
  /** What the user should know of how we were started. */
  remark?: string | undefined;
  /** Calls whenever the session is asked to read its list of targets again. */
  onReread?(heard: () => void): void;
  /** Resolves when the session is asked to end from outside. */
  ended: Promise<Ending>;
}

/** What came of a session. */
export interface SessionResult {
  ending: Ending;
  /** An event of a kind that `--fail-on` names occurred. */
  failed: boolean;
  /** Part of a recording could not be written. */
  incomplete?: boolean;
}

/** Composes a live session, runs it to its end and cleans up. */
export async function watch(plan: WatchPlan, io: SessionIo): Promise<SessionResult> {
  const source = await SourceWithObservers.prepare(await LiveSource.prepare(plan), plan.observers);
  const session = new SessionEngine(plan.detectors, plan.holdMs);
  for (const { id } of plan.targets) session.tally.of(id);
  const summaries = () => session.tally.targetSummaries();
  const said = new Notices();
  const say = plan.headless ? io.say : (text: string) => said.add(text);
  if (io.remark) say(io.remark);
  const recording = switchFor(plan, source, session, say);
  const alerts = await openAlerts(plan, { session, info: () => source.info(), say });
  const expect = expecting(session, recording, () => source.now());
  if (plan.maintenance) expect(plan.maintenance);
  // From here on a signal ends the session and not the process: a recording gets its end line.
  const { ended } = io;
  if (plan.record.atOnce) await asUsage(() => recording.start());
  if (plan.headless) source.onNotice = io.say;
  let face: Frontend | undefined;
  source.onTarget = membership({ session, recording, alerts, face: () => face });
  const roster = new TargetList(plan, source, say);
  io.onReread?.(() => roster.reread());
  const notes = new Notes(() => source.now());
  const stage: FrontendPorts = {
    holdMs: plan.holdMs,
    info: () => said.addedTo(source.info()),
    now: () => source.now(),
    summaries,
    keys: liveKeys({
      session,
      recording,
      targetList: roster,
      info: () => source.info(),
      bell: alerts.bell,
      expect,
      now: () => source.now(),
      show: text => notes.add(text),
      say,
    }),
    notes: () => (plan.notes === undefined && notes.all.length === 0 ? undefined : notes.all),
    recording: () => recording.state,
    checklist: over => session.checklist(over),
    bell: alerts.bell,
    closingLines: () => recording.made,
  };
  let endNotes = () => {};
  const stop = async () => {
    endNotes();
    await source.stop();
    recording.stop();
  };
  try {
    const opened = await openFrontend(plan, stage, io);
    face = opened;
    const noted = (text: string) => {
      const data = notes.add(text);
      recording.add({ type: 'note', data });
      opened.note?.(data);
    };
    if (plan.notes !== undefined) endNotes = takeNotes(plan.notes, noted, say);
    const take = (sample: Sample) => {
      const step = session.take(sample)!;
      recording.take(step);
      opened.take(step);
      alerts.take(step);
    };
    const start = (deliver: Deliver) => source.start(deliver);
    const ending = await perform({ start, stop }, take, opened, [
      after(plan.durationMs && plan.durationMs / plan.speed),
      ended,
    ]);
    const { incomplete } = recording;
    return { ending, failed: failed(plan.failOn, summaries(), session.checklist(true)), incomplete };
  } finally {
    await stop();
    await alerts.close(io.say);
  }
}

/** Who is going to move is told to those who judge and kept in the recording, in one breath. */
function expecting(
  session: SessionEngine,
  recording: RecordSwitch,
  now: () => Millis,
): (plan: MaintenancePlan) => void {
  return plan => {
    const row = { type: 'expect' as const, data: { at: now(), ...plan } };
    session.take(row);
    recording.add(row);
  };
}

function switchFor(
  plan: WatchPlan,
  source: LiveSamples,
  session: SessionEngine,
  say: (text: string) => void,
) {
  const { holdMs, detectors, record } = plan;
  return new RecordSwitch(
    { ...record, holdMs, detectors },
    {
      info: () => source.info(),
      now: () => source.now(),
      opening: () => session.opening(say),
      closing: () => session.closing(source.now()),
      say,
    },
  );
}

function after(durationMs: Millis | undefined): Promise<Ending> {
  return new Promise(done => {
    if (durationMs !== undefined) setTimeout(done, durationMs, 'done').unref();
  });
}
