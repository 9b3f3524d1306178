import type { Evidence, MigrationEvent } from '../event.js';
import type { Millis, Playback } from '../sample.js';
import {
  anyNumber,
  expectState,
  type Json,
  list,
  moment,
  object,
  optional,
  part,
  type Stateful,
  truth,
} from '../state.js';
import { EVENT } from './event-codecs.js';

/** What a viewer saw from shortly before an event on. */
interface ViewerReport {
  lowestMs: Millis;
  stalledMs: Millis;
}

/** A report, with what was stalled and what media came since the one before. */
interface Report {
  at: Millis;
  playing: boolean;
  bufferMs: Millis;
  lowestMs: Millis;
  stalledMs: Millis;
  receivedMs: Millis;
}

/** An event is noticed, and may have begun, so long after its first sign. */
const REMEMBERED_MS: Millis = 15_000;
const REMEMBERED = 128;
/** A viewer that plays and has received so much media since the event ended is served again. */
const SERVED_MS: Millis = 500;
/** A viewer that still stands still so long after the event's end is told so. */
const PATIENCE_MS: Millis = 60_000;

const STATE = part<{
  reports: Report[];
  stalledMs: Millis;
  watched: ViewerReport | undefined;
  awaiting: MigrationEvent | undefined;
}>(1, {
  reports: list(
    object<Report>({
      at: moment,
      playing: truth,
      bufferMs: anyNumber,
      lowestMs: anyNumber,
      stalledMs: anyNumber,
      receivedMs: anyNumber,
    }),
    REMEMBERED,
  ),
  stalledMs: anyNumber,
  watched: optional(object<ViewerReport>({ lowestMs: anyNumber, stalledMs: anyNumber })),
  awaiting: optional(EVENT),
});

/**
 * Whether the viewer of a target's stream noticed an event. Says nothing of what the event was: a stall is no evidence
 * for a migration. Since a buffer runs dry after the event began, and maybe after it ended, a closed event is told
 * once more when that is known.
 */
export class Viewer implements Stateful {
  private reports: Report[] = [];
  private stalledMs: Millis = 0;
  private watched: ViewerReport | undefined;
  /** Closed, and not known yet whether anybody noticed. */
  private awaiting: MigrationEvent | undefined;

  /** The closed event that waited for this, if any. */
  observe(at: Millis, playback: Playback): MigrationEvent | undefined {
    const report = this.read(at, playback);
    const { watched, awaiting } = this;
    if (watched) {
      watched.lowestMs = Math.min(watched.lowestMs, report.lowestMs);
      watched.stalledMs += report.stalledMs;
    }
    if (!awaiting || !(this.isServed(awaiting) || at - awaiting.endedAt! > PATIENCE_MS)) return undefined;
    return this.settle();
  }

  /** An event began. One that was closed before and still waits is returned, with what is known. */
  begin(from: Millis): MigrationEvent | undefined {
    const settled = this.settle();
    const before = this.reports.findLast(({ at }) => at <= from);
    const since = this.reports.filter(({ at }) => at > from);
    // Who did not play before can't notice anything.
    this.watched = before?.playing
      ? {
          lowestMs: Math.min(before.bufferMs, ...since.map(({ lowestMs }) => lowestMs)),
          stalledMs: since.reduce((sum, { stalledMs }) => sum + stalledMs, 0),
        }
      : undefined;
    return settled;
  }

  /** The event with what the viewer saw of it so far, next to what it is. */
  reportedAt(event: MigrationEvent): MigrationEvent {
    if (!this.watched) return event;
    const known = event.endedAt !== undefined && this.isServed(event);
    this.awaiting = event.endedAt !== undefined && !known ? event : undefined;
    return this.withEvidence(event, known);
  }

  save(): Json {
    const { reports, stalledMs, watched, awaiting } = this;
    return STATE.save({ reports, stalledMs, watched, awaiting });
  }

  load(saved: Json): void {
    const { reports, stalledMs, watched, awaiting } = STATE.load(saved);
    const over =
      awaiting === undefined ||
      (watched !== undefined && awaiting.endedAt !== undefined && reports.length > 0);
    expectState(over, 'an event that is over, and what was watched of it');
    this.reports = reports;
    this.stalledMs = stalledMs;
    this.watched = watched;
    this.awaiting = awaiting;
  }

  private settle(): MigrationEvent | undefined {
    const { awaiting } = this;
    if (!awaiting) return undefined;
    this.awaiting = undefined;
    return this.withEvidence(awaiting, true);
  }

  private withEvidence(event: MigrationEvent, known: boolean): MigrationEvent {
    const found = evidenceOf(this.watched!, known && this.reports.at(-1)!.playing, known);
    const [why, ...rest] = event.evidence;
    return found ? { ...event, evidence: [why!, found, ...rest] } : event;
  }

  /** Nothing more will come of the event. */
  private isServed({ endedAt }: MigrationEvent): boolean {
    const since = this.reports.filter(({ at }) => at > endedAt!);
    const receivedMs = since.reduce((sum, report) => sum + report.receivedMs, 0);
    return receivedMs >= SERVED_MS && since.at(-1)!.playing;
  }

  private read(at: Millis, playback: Playback): Report {
    const { state, bufferMs, lowestMs, stalledMs: total } = playback;
    // Another player counts from zero again.
    const stalledMs = total >= this.stalledMs ? total - this.stalledMs : total;
    this.stalledMs = total;
    const before = this.reports.at(-1);
    const playedMs = before?.playing ? at - before.at - stalledMs : 0;
    const receivedMs = before ? Math.max(0, bufferMs - before.bufferMs + playedMs) : 0;
    const report = { at, playing: state === 'playing', bufferMs, lowestMs, stalledMs, receivedMs };
    this.reports.push(report);
    while (this.reports.length > REMEMBERED || this.reports[0]!.at < at - REMEMBERED_MS) this.reports.shift();
    return report;
  }
}

/** Nothing while it is not known: the buffer may still run dry. */
function evidenceOf(
  { lowestMs, stalledMs }: ViewerReport,
  over: boolean,
  known: boolean,
): Evidence | undefined {
  const report = (answer: string): Evidence => ({
    witness: 'stream',
    summary: `viewers noticed: ${answer}`,
    value: stalledMs,
    unit: 'ms',
  });
  if (stalledMs > 0) return report(`yes, stalled ${seconds(stalledMs)}${over ? '' : ' so far'}`);
  return known ? report(`no (buffer never below ${seconds(lowestMs)})`) : undefined;
}

/** To a tenth of a second, never more than it was. */
function seconds(ms: Millis): string {
  return ms < 1000 ? `${Math.floor(ms)} ms` : `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
}
