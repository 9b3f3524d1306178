import { deferred } from '../../core/deferred.js';
import type { MigrationEvent } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { Zone } from '../../core/format/time-of-day.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Note } from '../../core/note.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo, TargetChange } from '../../core/session.js';
import type { TargetSummary } from '../../core/statistics/tally.js';
import type { Sink, Step } from '../../core/step.js';
import { BoundedLines } from '../../output/bounded-lines.js';
import { HeadlessLines } from '../../output/lines.js';
import type { FrontendPlan, ScreenName } from '../../plan/frontend-plan.js';
import type { RecordingState } from '../../recording/record-switch.js';
import type { Bell } from '../../session/alerts/bell.js';
import type { DashboardOptions, DashboardPorts } from '../../ui/dashboard/ports.js';
import type { SessionKeys } from '../../ui/model/session-actions.js';
import type { KnownState } from '../../ui/model/state.js';
import type { ReplayState } from '../../ui/view/replay.js';
import type { Ending, SessionIo } from './live.js';

/** The face of a session: a screen, or lines. */
export interface Frontend extends Sink {
  /** Resolves when the user ends the session here. */
  quit: Promise<Ending>;
  /** Puts the last word after everything stopped; where nobody is left to read, it does not. */
  finish(ending: Ending): Promise<void> | void;
  /** The session is elsewhere now, and this is what is known there. */
  jump(known: KnownState): void;
  /** Somebody told what was going on. */
  note?(note: Note): void;
  /** Takes a step of the whole recording, for the long view. */
  recall?(step: Step): void;
  /** Counts anew, one target or all. */
  reset(target?: TargetId): void;
  /** A target came, changed or left; these events were over with it. */
  target(change: TargetChange, over: readonly MigrationEvent[]): void;
}

/** A session as its face sees it; read anew whenever it is shown. */
export interface FrontendPorts {
  holdMs: Millis;
  info(): SessionInfo;
  now(): Millis;
  summaries(): readonly TargetSummary[];
  keys: SessionKeys;
  /** What was told of it, oldest first; undefined where nobody tells anything. */
  notes?(): readonly Note[] | undefined;
  recording?(): RecordingState | undefined;
  replay?(): ReplayState;
  /** How the maintenance stands, or went when it is over; undefined where there is none. */
  checklist?(over?: boolean): Checklist | undefined;
  /** What rings on a screen. */
  bell?: Bell;
  /** What to say when all is over. */
  closingLines?(): readonly string[];
  /** Begin with events as recorded beside those judged now. */
  comparison?: boolean;
}

export function openFrontend(
  plan: FrontendPlan,
  stage: FrontendPorts,
  io: SessionIo,
): Frontend | Promise<Frontend> {
  return plan.headless ? openLines(plan, stage, io) : openScreen(plan, stage, io);
}

function openLines(plan: FrontendPlan, stage: FrontendPorts, io: SessionIo): Frontend {
  const output = new BoundedLines(io.output, io.say);
  const lines = new HeadlessLines(output.write, { samples: plan.samples });
  for (const notice of stage.info().notices) io.say(notice);
  lines.start(stage.info());
  return {
    take: step => lines.take(step),
    note: note => lines.note(note),
    quit: unread(stage, io),
    finish: () => {
      const checklist = stage.checklist?.(true);
      if (checklist) lines.maintenance(stage.now(), checklist);
      lines.summary(stage.now(), stage.summaries());
      output.close();
    },
    target: (change, over) => lines.target(change, over),
    // Nobody can lead lines elsewhere.
    jump: () => {},
    reset: () => {},
  };
}

/** Resolves when nobody reads the lines any more, unless they are not all that the session is for: it may be recorded. */
async function unread(stage: FrontendPorts, io: SessionIo): Promise<Ending> {
  const { kind } = await io.output.failed;
  if (stage.recording?.() === undefined) return kind === 'hangup' ? 'SIGHUP' : 'done';
  const reason = kind === 'reader-gone' ? 'the reader of standard output is gone; ' : '';
  io.say(`${reason}recording goes on`);
  return new Promise(() => {});
}

/** A screen takes steps and draws them in its own time. */
interface Screen extends Sink {
  close(): Promise<void>;
  jump(known: KnownState): void;
  recall(step: Step): void;
  reset(target?: TargetId): void;
  target(change: TargetChange, over: readonly MigrationEvent[]): void;
  /** In which times of day are told by now. */
  zone: Zone;
  /** Nobody reads it any more. */
  stalled: boolean;
}

/** A screen's modules load only when it is asked for. */
const SCREENS: Record<
  ScreenName,
  () => Promise<(options: DashboardOptions, ports: DashboardPorts) => Promise<Screen>>
> = {
  dashboard: async () => (await import('../../ui/dashboard/index.js')).openDashboard,
  pane: async () => (await import('../../ui/pane/index.js')).openPane,
};

async function openScreen(plan: FrontendPlan, stage: FrontendPorts, io: SessionIo): Promise<Frontend> {
  const open = await SCREENS[plan.screen]();
  const { summaryText } = await import('../../output/summary.js');
  const quit = deferred<Ending>();
  const { ascii, color, theme, mouse, scaling, zone, slow } = plan;
  const { holdMs, comparison = false } = stage;
  const screen = await open(
    {
      ascii,
      color,
      theme,
      mouse,
      scaling,
      zone,
      slow,
      holdMs,
      comparison,
      checklist: stage.checklist?.() !== undefined,
    },
    { ...stage, quit: reason => quit.resolve(reason === 'q' ? 'done' : reason) },
  );
  const at = stage.now();
  for (const info of stage.info().targets)
    if (info.trouble !== undefined) screen.target({ at, action: 'changed', info }, []);
  return {
    take: step => screen.take(step),
    quit: quit.promise,
    close: () => screen.close(),
    finish: async ending => {
      await screen.close();
      const read = ending !== 'SIGHUP' && !screen.stalled;
      if (!read) return;
      const farewell = stage.closingLines?.() ?? [];
      io.write(
        summaryText(stage.info(), stage.summaries(), {
          checklist: stage.checklist?.(true),
          zone: screen.zone,
        }) + farewell.map(text => `${printable(text)}\n`).join(''),
      );
    },
    jump: known => screen.jump(known),
    recall: step => screen.recall(step),
    reset: target => screen.reset(target),
    target: (change, over) => screen.target(change, over),
  };
}
