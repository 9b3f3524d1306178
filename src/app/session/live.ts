import { witnessesOf } from '../../core/detector.js';
import type { Millis } from '../../core/sample.js';
import { asUsage } from '../../core/validation/usage-error.js';
import { failed } from '../../plan/fail-on.js';
import type { WatchPlan } from '../../plan/plan.js';
import { Lookback } from '../../recording/lookback.js';
import { RecordSwitch } from '../../recording/record-switch.js';
import { SessionEngine } from '../../session/engine.js';
import type { Ending, SessionIo, SessionResult } from '../../session/io.js';
import { Notes, takeNotes } from '../../session/notes.js';
import { Notices } from '../../session/notices.js';
import { SourceWithHypervisors } from '../../sources/hypervisors.js';
import { LiveSource } from '../../sources/live.js';
import type { LiveSamples } from '../../sources/live-samples.js';
import { SourceWithObservers } from '../../sources/observers.js';
import { SourceWithWire } from '../../sources/wire.js';
import { EventPages } from './event-pages.js';
import { type FrontendPorts, openFrontend, withNotices } from './frontend.js';
import { liveKeys } from './live-keys.js';
import { type Alerts, openAlerts } from './open-alerts.js';
import { perform } from './perform.js';
import { TargetList } from './target-list.js';
import { Tour } from './tour.js';

/** With more targets, detectors learn again where the kept minutes begin: their state takes 50 kB a target. */
const MAX_KEPT_STATES = 20;
/** A timer can wait for 24 days. */
const DAY: Millis = 86_400_000;

/** Composes a live session, runs it to its end and cleans up. */
export async function watch(plan: WatchPlan, io: SessionIo): Promise<SessionResult> {
  const probed = await SourceWithObservers.prepare(await LiveSource.prepare(plan), plan.observers);
  const source = SourceWithWire.of(SourceWithHypervisors.of(probed, plan.hypervisors), plan.wire);
  const engine = new SessionEngine(plan.detectors, plan.holdMs);
  engine.begin(source.info().targets);
  source.onTarget = change => engine.change(change);
  const notices = new Notices();
  const say = plan.headless ? io.say : (text: string) => notices.add(text);
  // The tour shows what is permitted, and sends nothing: the remark follows it.
  if (io.remark && !plan.tour) say(io.remark);
  const recording = recordingOf(plan, source, engine, say);
  const alerts = await openAlerts(plan, { engine, info: () => source.info(), say });
  const notes = new Notes();
  for (const sink of [recording, notes, alerts]) engine.attach(sink);
  if (plan.maintenance) engine.expect({ at: source.now(), ...plan.maintenance });
  // From here on a signal ends the session and not the process: a recording gets its end line.
  const { ended } = io;
  if (plan.record.atOnce) await asUsage(() => recording.start());
  if (plan.headless) source.onNotice = io.say;
  const parts = { source, engine, recording, alerts, notes, notices, say };
  const ports = portsOf(plan, parts, io);
  let endNotes = () => {};
  const stop = async () => {
    endNotes();
    await source.stop();
    await recording.end();
  };
  try {
    const frontend = await openFrontend(plan, ports, io);
    engine.attach(frontend);
    const note = (text: string) => engine.note({ at: source.now(), text });
    if (plan.notes !== undefined) endNotes = takeNotes(plan.notes, note, say);
    const stoppable = { start: source.start.bind(source), stop };
    const ending = await perform(stoppable, sample => engine.take(sample), frontend, [
      after(plan, () => source.now()),
      ended,
    ]);
    const { incomplete } = recording;
    const isFailure = failed(plan.failOn, engine.tally.targetSummaries(), engine.checklist(true));
    return { ending, failed: isFailure, incomplete };
  } catch (error) {
    await recording.rescue();
    throw error;
  } finally {
    await stop();
    await alerts.close(io.say);
  }
}

interface Parts {
  source: LiveSamples;
  engine: SessionEngine;
  recording: RecordSwitch;
  alerts: Alerts;
  notes: Notes;
  notices: Notices;
  say(text: string): void;
}

function portsOf(plan: WatchPlan, parts: Parts, io: SessionIo): FrontendPorts {
  const { source, engine, recording, alerts, notes, notices, say } = parts;
  const [info, now] = [() => source.info(), () => source.now()];
  const targetList = new TargetList(plan, source, say);
  io.onReread?.(() => targetList.reread());
  const tour =
    plan.tour && Tour.begin(plan.tour, { info, targetList, say, family: plan.family, remark: io.remark });
  return {
    holdMs: plan.holdMs,
    info: () => withNotices(info(), notices),
    now,
    tally: engine.tally,
    keys: liveKeys({ engine, recording, targetList, tour, info, now, bell: alerts.bell, say }),
    notes: () => (plan.notes === undefined && notes.all.length === 0 ? undefined : notes.all),
    recording: () => recording.state,
    tour: () => tour?.state,
    checklist: over => engine.checklist(over),
    bell: alerts.bell,
    detectorWitnesses: witnessesOf(plan.detectors),
    pages: new EventPages(plan.record.folder, say),
    closingLines: () => recording.made,
  };
}

function recordingOf(
  plan: WatchPlan,
  source: LiveSamples,
  engine: SessionEngine,
  say: (text: string) => void,
): RecordSwitch {
  const { holdMs, detectors, record, lookbackMs } = plan;
  const now = () => source.now();
  const opening = () => engine.opening(() => {}, MAX_KEPT_STATES);
  return new RecordSwitch(
    { ...record, holdMs, detectors },
    {
      info: () => source.info(),
      now: () => source.now(),
      opening: () => engine.opening(say),
      closing: () => engine.closing(source.now()),
      say,
    },
    lookbackMs > 0 ? new Lookback(lookbackMs, { now, opening }) : undefined,
  );
}

/** Resolves after the plan's duration on the session's time line; simulated time may stand still meanwhile. */
function after({ durationMs, speed }: WatchPlan, now: () => Millis): Promise<Ending> {
  return new Promise(done => {
    if (durationMs === undefined) return;
    const end = now() + durationMs;
    const wait = () => {
      const left = end - now();
      if (left <= 0) done('done');
      else setTimeout(wait, Math.min(DAY, Math.max(1, left / speed))).unref();
    };
    wait();
  });
}
