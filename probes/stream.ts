/**
 * A viewer: plays a stream that the target serves, and reports how much of a blackout a viewer would notice.
 *
 * Fetches the URL over HTTP into the buffer of a player while there is room in it: in pieces of one second if the server
 * supports ranges, like players of segmented streams, otherwise whole. A file is played in a loop. A failed or silent
 * connection is opened again. Reports the buffer and the stalls 5 times a second, or once an interval if that is longer.
 *
 * The bytes are not decoded: the bit rate is the option `rate`, whatever the file contains. If the server does not support
 * ranges, our kernel holds bytes that are not read and not counted yet, so the buffer is larger than reported: by tenths
 * of a second on a LAN, by seconds on loopback. The defaults are those of Shaka Player 4: `bufferingGoal` 10 s, and
 * `rebufferingGoal` 2 s, also for the start.
 *
 * Not for: HLS and DASH playlists, whose segments it does not fetch. It loads the target with the rate of the stream,
 * and with four times that while its buffer fills.
 * Reference: RFC 9110 section 14 (ranges).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../src/core/format/duration.js';
import { type Millis, toMicros } from '../src/core/sample.js';
import { defaultOptions, type OptionSpecs, type Options } from '../src/core/validation/options.js';
import { now } from '../src/system/clock.js';
import { sourceAddress } from './net/source-address.js';
import type { Backend, ProbePlan, ProberPorts, ProbeTarget } from './prober.js';
import { Download } from './stream/download.js';
import { Player, type PlayerSettings } from './stream/player.js';
import { nextSlot } from './timing/schedule.js';

const DAY = 86_400_000;
const options = {
  rate: { default: 2500, unit: 'kbit/s', help: 'bit rate of the stream', min: 1, max: 1_000_000 },
  buffer: { default: 10_000, unit: 'ms', help: 'media to fetch ahead', min: 100, max: DAY },
  start: { default: 2000, unit: 'ms', help: 'media to start playing at', min: 0, max: DAY },
  rebuffer: {
    default: 2000,
    unit: 'ms',
    help: 'media to resume at after a stall',
    min: 0,
    max: DAY,
  },
} as const satisfies OptionSpecs;

const REPORT_INTERVAL_MS: Millis = 200;
const PIECE_MS: Millis = 1000;
/** The shortest wait for room: waking more often costs more than it shows. */
const MIN_WAIT_MS: Millis = 50;

/** The settings from the given options, or from the defaults. */
export function playerSettings(given: Record<string, number> = defaultOptions(options)): PlayerSettings {
  const { rate, buffer, start, rebuffer } = given as Options<typeof options>;
  return { rate, bufferMs: buffer, startMs: start, rebufferMs: rebuffer };
}

/** A player that waits for more than it fetches would wait for ever. */
function checkOptions({ buffer = 0, ...thresholds }: Record<string, number>): void {
  for (const name of ['start', 'rebuffer'])
    if (thresholds[name]! > buffer)
      throw new RangeError(
        `stream:${name} must be at most the buffer, ${formatDuration(buffer)}, not ${formatDuration(thresholds[name]!)}`,
      );
}

/** One viewer of one target. */
class Viewer {
  private readonly player: Player;
  private readonly download: Download;
  private readonly ending = new AbortController();
  private readonly firstSlot: Millis;
  private timer: NodeJS.Timeout | undefined;
  private trouble: string | undefined;
  private seq = 0;

  constructor(
    private readonly target: ProbeTarget,
    private readonly plan: ProbePlan,
    private readonly ports: ProberPorts,
  ) {
    const opening = this.now();
    const settings = playerSettings(plan.options);
    this.player = new Player(settings, opening);
    const pieceBytes = Math.ceil((PIECE_MS * settings.rate) / 8);
    this.download = new Download(
      { url: target.url!, pieceBytes, ...sourceOf(plan, target) },
      {
        received: bytes => this.received(bytes),
        room: () => this.room(),
        failed: why => this.failed(why),
      },
    );
    this.firstSlot = opening + target.phaseMs;
    this.sleepUntil(this.firstSlot);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.ending.abort();
    await this.download.close();
  }

  private now(): Millis {
    return now(this.plan.origin);
  }

  private received(bytes: number): void {
    this.trouble = undefined;
    this.player.receive(this.now(), bytes);
  }

  private async room(): Promise<void> {
    const { signal } = this.ending;
    for (
      let full = this.player.fullFor(this.now());
      full > 0 && !signal.aborted;
      full = this.player.fullFor(this.now())
    )
      await sleep(Math.max(MIN_WAIT_MS, full), undefined, { signal }).catch(() => {});
  }

  private failed(why: string): void {
    if (why !== this.trouble) this.ports.notice(`the stream of ${this.target.id}: ${why}; trying again`);
    this.trouble = why;
  }

  private sleepUntil(slot: Millis): void {
    this.timer = setTimeout(() => this.wake(slot), Math.max(1, Math.ceil(slot - this.now())));
  }

  private wake(slot: Millis): void {
    const at = toMicros(this.now());
    if (at >= slot) this.report(at);
    this.sleepUntil(
      at < slot ? slot : nextSlot(this.firstSlot, Math.max(REPORT_INTERVAL_MS, this.plan.intervalMs), at),
    );
  }

  private report(at: Millis): void {
    const { trouble } = this;
    const outcome = { kind: 'playback' as const, ...this.player.report(at), ...(trouble && { trouble }) };
    this.ports.emit([{ at, knownAt: at, target: this.target.id, probe: 'stream', seq: this.seq++, outcome }]);
  }
}

/** The local address to use if the user named an interface; otherwise the kernel chooses. */
function sourceOf({ interface: wanted }: ProbePlan, { family }: ProbeTarget) {
  const localAddress = wanted && sourceAddress(wanted, family);
  return localAddress ? { localAddress, family } : {};
}

export const stream: Backend = {
  name: 'stream',
  probe: 'stream',
  summary: 'plays the stream of --stream like a viewer, and shows whether users notice',
  needs: 'nothing',
  options,
  checkOptions,
  check: async () => ({ allowed: true }),
  open: async (plan, ports) => {
    const viewerOf = (target: ProbeTarget) => new Viewer(target, plan, ports);
    const viewers = new Map(plan.targets.map(target => [target.id, viewerOf(target)]));
    return {
      add: target => void viewers.set(target.id, viewerOf(target)),
      remove: id => {
        void viewers.get(id)?.stop();
        viewers.delete(id);
      },
      // Each new connection looks the name up itself.
      readdress: () => {},
      stop: async () => {
        await Promise.all([...viewers.values()].map(viewer => viewer.stop()));
      },
    };
  },
};
