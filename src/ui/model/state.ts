import type { LightState, MigrationEvent } from '../../core/event.js';
import { getOrMake } from '../../core/get-or-make.js';
import { isReported } from '../../core/hypervisor/reports.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { TargetChange } from '../../core/session-info.js';
import { Jitter } from '../../core/statistics/jitter.js';
import type { Tally } from '../../core/statistics/tally.js';
import type { Step } from '../../core/step.js';
import type { NamedVerdict } from '../../core/verdict.js';
import type { RowData } from '../../recording/rows.js';
import type { RestoredState, SessionSink } from '../../session/sink.js';
import { ClockTrace } from '../history/clock-trace.js';
import { EventLog } from '../history/event-log.js';
import { History } from '../history/history.js';
import { JobTrace } from '../history/job-trace.js';
import { MarkTrace } from '../history/mark-trace.js';
import { PlaybackTrace } from '../history/playback-trace.js';
import { SampleRing } from '../history/ring.js';
import type { WitnessReader } from '../history/witnesses.js';

/** How far back every single probe is stored. */
export const CLOSE_SPAN_MS: Millis = 600_000;
/** Probes of all targets, at 13 bytes each: ten minutes of 50 targets at 100 Hz, or five of 2,000 at 5 Hz. */
const MAX_PROBES = 3_000_000;
const MAX_PER_TARGET = 400_000;
const MIN_PER_TARGET = 256;
/** Fifty a second over `CLOSE_SPAN`: clocks are not read more often. */
const MAX_READINGS = 30_064;
/** Readings of all targets, at 16 bytes each. */
const MAX_ALL_READINGS = 1_500_000;
/** Five a second over `CLOSE_SPAN`. */
const MAX_PLAYBACKS = 3072;

/** The state of one target on the screens. */
export interface TargetState extends WitnessReader {
  probes: SampleRing;
  clock: ClockTrace;
  marks: MarkTrace;
  history: History;
  /** Present if a viewer plays a stream of the target. */
  playback?: PlaybackTrace | undefined;
  /** Present if a hypervisor reports about the target. */
  jobs?: JobTrace | undefined;
  light?: LightState;
  /** When the last outcome of a probe came in. */
  lastOutcomeAt: Millis;
  /** When the last reply came in. */
  lastReplyAt: Millis;
  verdicts: readonly NamedVerdict[];
  /** Why the target can't be probed now. */
  trouble?: string | undefined;
}

/** The state of a session on screen: steps go in, views read it. Its memory does not grow with time. */
export class SessionState implements SessionSink {
  /** The engine's; a copy where the state is a snapshot. */
  readonly tally: Tally;
  events = new EventLog();
  private targets = new Map<TargetId, TargetState>();
  /** The long view of the whole recording, whatever place of it is played. */
  private recalled = new Map<TargetId, History>();
  private readonly probesWanted: number;
  private readonly expected: number;

  constructor({ targets, intervalMs, tally }: { targets: number; intervalMs: Millis; tally: Tally }) {
    this.tally = tally;
    this.expected = targets;
    this.probesWanted = Math.min(MAX_PER_TARGET, Math.ceil(CLOSE_SPAN_MS / intervalMs) + 64);
  }

  take(step: Step): void {
    for (const light of step.lights) this.of(light.target).light = light;
    for (const event of step.events) this.events.put(event);
    const { target, knownAt, outcome } = step.sample;
    const state = this.targets.get(target) ?? this.of(target);
    state.probes.put(step.sample);
    state.history.take(step);
    state.clock.put(step.sample);
    state.marks.put(step.sample);
    state.verdicts = step.verdicts;
    if (outcome.kind === 'reply') state.lastReplyAt = Math.max(state.lastReplyAt, knownAt);
    if (outcome.kind === 'playback') {
      state.playback ??= new PlaybackTrace(MAX_PLAYBACKS);
      state.playback.put(step.sample);
    } else if (isReported(step.sample)) {
      state.jobs ??= new JobTrace();
      state.jobs.put(step.sample);
    } else if (outcome.kind !== 'flow') state.lastOutcomeAt = knownAt;
    this.events.keepExcerpts(target, state, knownAt);
  }

  /** Takes a step of a recording for the long view only. */
  recall(step: Step): void {
    const { recalled, expected } = this;
    const made = () => new History(Math.max(expected, recalled.size + 1));
    getOrMake(recalled, step.sample.target, made).take(step);
  }

  /** The long view of a target before the place where the replay began. */
  recalledOf(target: TargetId): History | undefined {
    return this.recalled.get(target);
  }

  of(target: TargetId): TargetState {
    return getOrMake(this.targets, target, () => {
      const probes = this.probesOfOneMore();
      return {
        probes: new SampleRing(probes),
        clock: new ClockTrace(Math.min(probes, MAX_READINGS, this.shareOf(MAX_ALL_READINGS))),
        marks: new MarkTrace(),
        history: new History(Math.max(this.expected, this.targets.size + 1)),
        verdicts: [],
        lastOutcomeAt: -Infinity,
        lastReplyAt: -Infinity,
      };
    });
  }

  /** A target was added, changed or removed; its removal closed these events. */
  target({ at, action, info: { target, trouble } }: TargetChange, closed: readonly MigrationEvent[]): void {
    for (const event of closed) this.events.put(event);
    if (action === 'removed') {
      this.forget(target);
      return;
    }
    const state = this.of(target);
    // No outcome can have come in before.
    if (action === 'added' || state.trouble !== trouble)
      state.lastOutcomeAt = Math.max(state.lastOutcomeAt, at);
    state.trouble = trouble;
  }

  /** Drops the state of a target. Its events stay in the log, with the probes around them. */
  private forget(target: TargetId): void {
    const state = this.targets.get(target);
    if (state) this.events.keepExcerpts(target, state, Infinity);
    this.targets.delete(target);
  }

  /** An equal share of what all targets may store. */
  private shareOf(all: number): number {
    const targets = Math.max(this.expected, this.targets.size + 1);
    return Math.max(MIN_PER_TARGET, Math.floor(all / targets));
  }

  /** The targets at the start share equally; one that is added later gets a part of the rest. */
  private probesOfOneMore(): number {
    const { expected, targets, probesWanted } = this;
    const share = targets.size < expected ? MAX_PROBES / expected : this.probesLeft() / 16;
    return Math.max(MIN_PER_TARGET, Math.min(probesWanted, Math.floor(share)));
  }

  private probesLeft(): number {
    return [...this.targets.values()].reduce((left, { probes }) => left - probes.capacity, MAX_PROBES);
  }

  /** Starts the jitter of one target, or of all, again. */
  reset({ target }: RowData['reset']): void {
    for (const [id, { history }] of this.targets)
      if (target === undefined || id === target) history.jitter = new Jitter();
  }

  /** Drops everything and continues from another place of the recording. */
  jump({ lights, events }: RestoredState): void {
    this.events = new EventLog();
    this.targets.clear();
    for (const light of lights) this.of(light.target).light = light;
    for (const event of events) this.events.put(event);
  }

  /** A copy that does not change while the session goes on, for a frozen screen. */
  snapshot(): SessionState {
    const copy: SessionState = Object.assign(Object.create(SessionState.prototype), this, {
      tally: this.tally.copy(),
    });
    copy.events = this.events.copy();
    copy.targets = new Map(
      [...this.targets].map(([target, state]) => [
        target,
        {
          ...state,
          probes: state.probes.copy(),
          clock: state.clock.copy(),
          marks: state.marks.copy(),
          history: state.history.copy(),
          playback: state.playback?.copy(),
          jobs: state.jobs?.copy(),
        },
      ]),
    );
    return copy;
  }
}
