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
} from '../validation/saved-state.js';
import { EVENT } from './event-codecs.js';

/** What a viewer reported from shortly before an event on. */
interface ViewerReport {
  lowestMs: Millis;
  stalledMs: Millis;
}

/** A report, with the stall time and the media received since the previous report. */
interface Report {
  at: Millis;
  playing: boolean;
  bufferMs: Millis;
  lowestMs: Millis;
  stalledMs: Millis;
  receivedMs: Millis;
}

/** An event may be detected this long after it began. */
const RETENTION_MS: Millis = 15_000;
const CAPACITY = 128;
/** A viewer that plays and has received this much media since the end of the event is served again. */
const SERVED_MS: Millis = 500;
/** A viewer that is still stalled this long after the end of the event is reported as stalled. */
const TIMEOUT_MS: Millis = 60_000;

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
    CAPACITY,
  ),
  stalledMs: anyNumber,
  watched: optional(object<ViewerReport>({ lowestMs: anyNumber, stalledMs: anyNumber })),
  awaiting: optional(EVENT),
});

/**
 * Whether the viewer of a target's stream noticed an event. It does not change the verdict: a stall is not evidence
 * for a migration. A buffer runs dry after the event began, perhaps after it ended, so a closed event is reported
 * once more when the answer is known.
 */
export class Viewer implements Stateful {
  private reports: Report[] = [];
  private stalledMs: Millis = 0;
  private watched: ViewerReport | undefined;
  /** A closed event that waits until it is known whether the viewer noticed. */
  private awaiting: MigrationEvent | undefined;

  /** Returns the closed event that waited for this report, if any. */
  observe(at: Millis, playback: Playback): MigrationEvent | undefined {
    const report = this.read(at, playback);
    const { watched, awaiting } = this;
    if (watched) {
      watched.lowestMs = Math.min(watched.lowestMs, report.lowestMs);
      watched.stalledMs += report.stalledMs;
    }
    if (!awaiting || !(this.isServed(awaiting) || at - awaiting.endedAt! > TIMEOUT_MS)) return undefined;
    return this.settle();
  }

  /** An event began. Returns the previous event, if it still waits, with what is known. */
  begin(from: Millis): MigrationEvent | undefined {
    const settled = this.settle();
    const before = this.reports.findLast(({ at }) => at <= from);
    const since = this.reports.filter(({ at }) => at > from);
    // A viewer that was not playing cannot notice anything.
    this.watched = before?.playing
      ? {
          lowestMs: Math.min(before.bufferMs, ...since.map(({ lowestMs }) => lowestMs)),
          stalledMs: since.reduce((sum, { stalledMs }) => sum + stalledMs, 0),
        }
      : undefined;
    return settled;
  }

  /** The event with the viewer's report as its second piece of evidence. */
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

  /** Whether the viewer is served again, so that the event can stall it no more. */
  private isServed({ endedAt }: MigrationEvent): boolean {
    const since = this.reports.filter(({ at }) => at > endedAt!);
    const receivedMs = since.reduce((sum, report) => sum + report.receivedMs, 0);
    return receivedMs >= SERVED_MS && since.at(-1)!.playing;
  }

  private read(at: Millis, playback: Playback): Report {
    const { state, bufferMs, lowestMs, stalledMs: total } = playback;
    // A new player counts from zero.
    const stalledMs = total >= this.stalledMs ? total - this.stalledMs : total;
    this.stalledMs = total;
    const before = this.reports.at(-1);
    const playedMs = before?.playing ? at - before.at - stalledMs : 0;
    const receivedMs = before ? Math.max(0, bufferMs - before.bufferMs + playedMs) : 0;
    const report = { at, playing: state === 'playing', bufferMs, lowestMs, stalledMs, receivedMs };
    this.reports.push(report);
    while (this.reports.length > CAPACITY || this.reports[0]!.at < at - RETENTION_MS) this.reports.shift();
    return report;
  }
}

/** Undefined while it is not known: the buffer may still run dry. */
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

/** Rounded down to a tenth of a second. */
function seconds(ms: Millis): string {
  return ms < 1000 ? `${Math.floor(ms)} ms` : `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
}
