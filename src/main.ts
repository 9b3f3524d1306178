import { deferred } from './core/deferred.js';
import { Pipeline } from './core/pipeline.js';
import type { Sample } from './core/sample.js';
import type { Sink } from './core/step.js';
import { Tally } from './core/tally.js';
import { HeadlessLines } from './output/headless.js';
import type { WatchPlan } from './plan.js';
import { LiveSource } from './sources/live.js';

/** Why a session ended. */
export type Ending = 'done' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What the process lends to a session. */
export interface SessionIo {
  /** Standard output: data only. */
  write(text: string): void;
  /** Standard error: talk. */
  say(text: string): void;
  /** Resolves when the session is asked to end from outside. */
  ended: Promise<Ending>;
}

/** What came of a session. */
export interface Outcome {
  ending: Ending;
  /** An event of a kind that `--fail-on` names occurred. */
  failed: boolean;
}

/** The face of a session: a screen, or lines. */
interface Face extends Sink {
  /** Resolves when the user ends the session here. */
  quit: Promise<Ending>;
  /** Puts the last word after everything stopped; where nobody is left to read, it does not. */
  finish(ending: Ending): Promise<void> | void;
}

/** Composes a live session, runs it to its end and cleans up. */
export async function watch(plan: WatchPlan, io: SessionIo): Promise<Outcome> {
  const source = await LiveSource.prepare(plan);
  const tally = new Tally(plan.targets.map(spec => spec.id));
  const face = plan.headless ? openLines(plan, source, tally, io) : await openScreen(plan, source, tally, io);
  const pipeline = new Pipeline(plan.detectors, { holdMs: plan.holdMs });
  const sinks: readonly Sink[] = [tally, face];
  const take = (samples: readonly Sample[]) => {
    for (const sample of samples) {
      const step = pipeline.step(sample);
      for (const sink of sinks) sink.take(step);
    }
  };
  const broken = deferred<never>();
  let timer: NodeJS.Timeout | undefined;
  try {
    await source.start(samples => {
      try {
        take(samples);
      } catch (error) {
        broken.reject(error);
      }
    });
    const over = new Promise<Ending>(done => {
      if (plan.durationMs !== undefined) timer = setTimeout(done, plan.durationMs, 'done');
    });
    const ending = await Promise.race([over, io.ended, face.quit, broken.promise]);
    await source.stop();
    await face.finish(ending);
    const failed = tally
      .targetSummaries()
      .some(({ events }) => plan.failOn.some(kind => (events[kind] ?? 0) > 0));
    return { ending, failed };
  } finally {
    clearTimeout(timer);
    await source.stop();
    await face.close?.();
  }
}

function openLines(plan: WatchPlan, source: LiveSource, tally: Tally, io: SessionIo): Face {
  const lines = new HeadlessLines(io.write, { samples: plan.samples });
  for (const notice of source.info().notices) io.say(notice);
  source.onNotice = text => io.say(text);
  lines.start(source.info());
  return {
    take: step => lines.take(step),
    quit: new Promise(() => {}),
    finish: () => lines.summary(source.now(), tally.targetSummaries()),
  };
}

/** The screen's modules load only when there is one. */
async function openScreen(plan: WatchPlan, source: LiveSource, tally: Tally, io: SessionIo): Promise<Face> {
  const { openDashboard } = await import('./ui/dashboard/index.js');
  const { summaryText } = await import('./output/summary.js');
  const quit = deferred<Ending>();
  const dashboard = await openDashboard(
    { ascii: plan.ascii, color: plan.color, holdMs: plan.holdMs },
    {
      info: () => source.info(),
      now: () => source.now(),
      quit: reason => quit.resolve(reason === 'q' ? 'done' : reason),
    },
  );
  return {
    take: step => dashboard.take(step),
    quit: quit.promise,
    close: () => dashboard.close(),
    finish: async ending => {
      await dashboard.close();
      if (ending !== 'SIGHUP') io.write(summaryText(source.info(), tally.targetSummaries()));
    },
  };
}
