import type { MigrationEvent } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import type { Zone } from '../../core/format/time-of-day.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { Tally } from '../../core/statistics/tally.js';
import type { Step } from '../../core/step.js';
import { BoundedLines } from '../../output/bounded-lines.js';
import { HeadlessLines } from '../../output/lines.js';
import type { FrontendPlan, ScreenName } from '../../plan/frontend-plan.js';
import { EventList } from '../../recording/event-list.js';
import type { RecordingState } from '../../recording/record-switch.js';
import type { Bell } from '../../session/alerts/bell.js';
import type { Ending, SessionIo } from '../../session/io.js';
import type { Notices } from '../../session/notices.js';
import type { SessionSink } from '../../session/sink.js';
import { deferred } from '../../system/deferred.js';
import type { DashboardOptions, DashboardPorts } from '../../ui/dashboard/ports.js';
import type { SessionKeys } from '../../ui/model/session-actions.js';
import type { ReplayState } from '../../ui/view/replay.js';
import type { TourState } from '../../ui/view/tour-state.js';
import type { EventPages } from './event-pages.js';

/** The user interface of a session: a screen, or lines. */
export interface Frontend extends SessionSink {
  /** Resolves when the user ends the session here. */
  quit: Promise<Ending>;
  /** Writes the summary after everything stopped, unless the reader or the terminal is gone. */
  finish(ending: Ending): Promise<void> | void;
  /** Takes a step of the whole recording, for the long view. */
  recall?(step: Step): void;
  close?(): Promise<void>;
}

/** The parts of a session that a frontend reads whenever it draws. */
export interface FrontendPorts {
  holdMs: Millis;
  info(): SessionInfo;
  now(): Millis;
  /** The engine's. */
  tally: Tally;
  keys: SessionKeys;
  /** Oldest first; undefined in a session without notes. */
  notes?(): readonly Note[] | undefined;
  recording?(): RecordingState | undefined;
  replay?(): ReplayState;
  tour?(): TourState | undefined;
  /** The state of the maintenance, or its result if `over`; undefined outside of maintenance mode. */
  checklist?(over?: boolean): Checklist | undefined;
  /** The bell, which a screen rings through its own terminal. */
  bell?: Bell;
  /** The witness that each detector reads, by the detector's name. */
  detectorWitnesses: ReadonlyMap<string, string>;
  /** Writes the page of an event to a file. */
  pages: EventPages;
  /** The event that is shown first. */
  event?: MigrationEvent | undefined;
  /** Messages for the end of the session. */
  closingLines?(): readonly string[];
  /** Starts with the events as recorded beside those judged now. */
  comparison?: boolean;
}

/** The session's information with the notices of its composition after those of its source. */
export function withNotices(info: SessionInfo, { texts }: Notices): SessionInfo {
  return texts.length === 0 ? info : { ...info, notices: [...info.notices, ...texts] };
}

export function openFrontend(
  plan: FrontendPlan,
  ports: FrontendPorts,
  io: SessionIo,
): Frontend | Promise<Frontend> {
  return plan.headless ? openLines(plan, ports, io) : openScreen(plan, ports, io);
}

function openLines(plan: FrontendPlan, ports: FrontendPorts, io: SessionIo): Frontend {
  const output = new BoundedLines(io.output, io.say);
  const lines = new HeadlessLines(output.write, { samples: plan.samples });
  for (const notice of ports.info().notices) io.say(notice);
  lines.start(ports.info());
  return {
    take: step => lines.take(step),
    note: note => lines.note(note),
    target: (change, closed) => lines.target(change, closed),
    quit: unread(ports, io),
    finish: () => {
      const checklist = ports.checklist?.(true);
      if (checklist) lines.maintenance(ports.now(), checklist);
      lines.summary(ports.now(), ports.tally.targetSummaries());
      output.close();
    },
  };
}

/** Resolves when the reader of the lines is gone; never while the session is also recorded. */
async function unread(ports: FrontendPorts, io: SessionIo): Promise<Ending> {
  const { kind } = await io.output.failed;
  if (ports.recording?.() === undefined) return kind === 'hangup' ? 'SIGHUP' : 'done';
  const reason = kind === 'reader-gone' ? 'the reader of standard output is gone; ' : '';
  io.say(`${reason}recording continues`);
  return new Promise(() => {});
}

/** A screen takes steps at any rate and draws a few times a second. */
type Screen = Required<Pick<SessionSink, 'take' | 'target' | 'reset' | 'jump'>> & {
  recall(step: Step): void;
  close(): Promise<void>;
  /** The time zone that is shown now. */
  zone: Zone;
  /** The terminal accepts no more output. */
  stalled: boolean;
  /** False if no summary follows. */
  summarized?: false;
};

/** Loads a screen's modules only when it is wanted. */
const SCREENS: Record<
  ScreenName,
  () => Promise<(options: DashboardOptions, ports: DashboardPorts) => Promise<Screen>>
> = {
  dashboard: async () => (await import('../../ui/dashboard/index.js')).openDashboard,
  pane: async () => (await import('../../ui/pane/index.js')).openPane,
  line: async () => (await import('../../ui/pane/line.js')).openLine,
};

async function openScreen(plan: FrontendPlan, ports: FrontendPorts, io: SessionIo): Promise<Frontend> {
  const open = await SCREENS[plan.screen]();
  const { summaryText } = await import('../../output/summary.js');
  const quit = deferred<Ending>();
  // A terminal that is gone sends a signal; a reader of the line does not.
  if (plan.screen === 'line')
    void io.output.failed.then(({ kind }) => quit.resolve(kind === 'hangup' ? 'SIGHUP' : 'done'));
  const { ascii, color, theme, mouse, scaling, zone, slow } = plan;
  const { holdMs, comparison = false } = ports;
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
      event: ports.event,
      checklist: ports.checklist?.() !== undefined,
    },
    {
      ...ports,
      writeLine: text => io.write(text),
      writePage: (event, text) => void ports.pages.write(event, text),
      quit: reason => quit.resolve(reason === 'q' ? 'done' : reason),
    },
  );
  let events = new EventList();
  const keep = (all: readonly MigrationEvent[]) => {
    for (const event of all) events.add(event);
  };
  const at = ports.now();
  for (const info of ports.info().targets)
    if (info.trouble !== undefined) screen.target({ at, action: 'changed', info }, []);
  return {
    take: step => {
      keep(step.events);
      screen.take(step);
    },
    quit: quit.promise,
    close: () => screen.close(),
    finish: async ending => {
      await screen.close();
      if (ending === 'SIGHUP' || screen.stalled || screen.summarized === false) return;
      const closing = [...(ports.closingLines?.() ?? []), ...ports.pages.closingLines];
      io.write(
        summaryText(ports.info(), ports.tally.targetSummaries(), {
          events: events.all().sort((a, b) => a.startedAt - b.startedAt),
          checklist: ports.checklist?.(true),
          zone: screen.zone,
        }) + closing.map(text => `${printable(text)}\n`).join(''),
      );
    },
    jump: state => {
      events = new EventList();
      keep(state.events);
      screen.jump(state);
    },
    recall: step => screen.recall(step),
    reset: reset => screen.reset(reset),
    target: (change, closed) => {
      keep(closed);
      screen.target(change, closed);
    },
  };
}
