import type { MigrationEvent } from '../../core/event.js';
import type { ClockVia, Millis, PlaybackState, Sample } from '../../core/sample.js';
import { CLOCK_VIAS } from '../../core/sample.js';
import type { Span } from '../../evaluation/coverage.js';

/** One probe by its time of sending: answered in time, answered late, or lost. */
export interface Echo {
  at: Millis;
  /** Undefined for a lost probe. */
  rttMs?: Millis;
  late?: true;
}

/** What the witnesses of a target reported around one event, sample by sample. */
export interface Excerpt {
  span: Span;
  echoes: Echo[];
  clock: { at: Millis; offsetMs: Millis; via: ClockVia }[];
  /** Frames that nobody asked for. */
  frames: { at: Millis; word: string }[];
  viewer: { at: Millis; state: PlaybackState; bufferMs: Millis }[];
  /** Migrations as the hypervisor reported them. */
  jobs: { at: Millis; status: string }[];
  /** Samples that were left out, because there were too many. */
  dropped: number;
}

/** More of each kind than an hour of an event holds at 20 Hz. */
const MAX_EACH = 80_000;
/** The time around an event: as much as the longest margin of a figure. */
const BEFORE_MS = 30_000;
const AFTER_MS = 30_000;
/** The margin grows with the event. */
const SHARE = 1;

const FRAME_WORDS = { arp: 'gratuitous ARP', rarp: 'RARP', advertisement: 'advertisement' } as const;

/** An empty excerpt that covers the event. */
export function excerptAround(event: MigrationEvent): Excerpt {
  const end = endOf(event);
  const length = end - event.startedAt;
  return {
    span: {
      from: event.startedAt - Math.min(BEFORE_MS, 2000 + SHARE * length),
      to: end + Math.min(AFTER_MS, 4000 + SHARE * length),
    },
    ...{ echoes: [], clock: [], frames: [], viewer: [], jobs: [], dropped: 0 },
  };
}

/** When the event was over, if it is known. */
export function endOf({ startedAt, endedAt, detectedAt, stuntimeMs = 0 }: MigrationEvent): Millis {
  return Math.max(endedAt ?? detectedAt, startedAt + stuntimeMs);
}

/** Adds a sample of the event's target, if it is within the excerpt's time. */
export function addTo(excerpt: Excerpt, sample: Sample): void {
  const { from, to } = excerpt.span;
  if (sample.knownAt < from || sample.at > to) return;
  const { at, knownAt, outcome } = sample;
  const put = <Entry>(list: Entry[], entry: Entry) => {
    if (list.length < MAX_EACH) list.push(entry);
    else excerpt.dropped++;
  };
  switch (outcome.kind) {
    case 'reply':
      put(excerpt.echoes, { at, rttMs: outcome.rttMs, ...(outcome.late && { late: true }) });
      break;
    case 'lost':
      put(excerpt.echoes, { at });
      break;
    case 'clock':
      put(excerpt.clock, { at, offsetMs: outcome.offsetMs, via: outcome.via });
      break;
    case 'announce':
      if (outcome.gratuitous) put(excerpt.frames, { at: knownAt, word: FRAME_WORDS[outcome.via] });
      break;
    case 'playback':
      put(excerpt.viewer, { at: knownAt, state: outcome.state, bufferMs: outcome.bufferMs });
      break;
    case 'job':
      put(excerpt.jobs, { at: knownAt, status: outcome.status });
  }
}

/** The readings of the clock that is preferred where several are read. */
export function clockOf({ clock }: Excerpt): Excerpt['clock'] {
  const via = CLOCK_VIAS.find(each => clock.some(reading => reading.via === each));
  return clock.filter(reading => reading.via === via);
}

/** The longest stretch around the event without a timely answer: from the last one before to the first one after. */
export function gapOf({ echoes }: Excerpt, event: MigrationEvent): Span | undefined {
  const end = endOf(event);
  const answers = echoes
    .filter(({ rttMs, late }) => rttMs !== undefined && !late)
    .map(({ at, rttMs }) => ({ at, answeredAt: at + rttMs! }))
    .sort((a, b) => a.answeredAt - b.answeredAt);
  let longest: Span | undefined;
  for (let index = 1; index < answers.length; index++) {
    const [from, to] = [answers[index - 1]!.answeredAt, answers[index]!.answeredAt];
    if (to < event.startedAt || from > end) continue;
    if (!longest || to - from > longest.to - longest.from) longest = { from, to };
  }
  return longest;
}
