import { type Millis, type Sample, type TargetId, toMicros } from '../../src/core/sample.js';
import { ControlReader } from '../net/control.js';
import { BATCH, Inbox } from '../net/inbox.js';
import type { KernelClock } from '../net/kernel-clock.js';
import type { Libc } from '../net/libc.js';
import type { Family } from '../net/socket.js';
import type { ProbePlan, ProbeTarget } from '../prober.js';
import type { Channel } from '../thread/channel.js';
import { type Announcement, readFrame } from './frames.js';
import { Macs } from './macs.js';
import { MultiMap } from './multi-map.js';
import { neighbours, segmentOf } from './segment.js';
import { Segments } from './segments.js';

/** Batches of frames read at once, and samples a second of one target and of all. More is a flood, and is dropped. */
const MAX_BATCHES = 4;
const MAX_A_SECOND = 64;
const MAX_OF_ALL_A_SECOND = 2048;
/** The shortest time between two notices of a flood. */
const FLOOD_NOTICE_INTERVAL_MS: Millis = 60_000;
/** How often the kernel's neighbour table and the interfaces are checked. */
const CHECK_INTERVAL_MS: Millis = 1000;
/** The family makes no difference to a packet socket's time stamps. */
const ANY: Family = 4;

interface Frame {
  announcement: Announcement;
  /** When it came, by the kernel's clock. */
  stamp: Millis;
}

interface ChannelTarget {
  target: TargetId;
  address: string;
  family: Family;
  /** The interface on which its announcements can reach us, if there is one. */
  segment: string | undefined;
  macs: Macs;
  seq: number;
  /** The current second, and the samples in it. */
  second: number;
  emitted: number;
}

/** Receives frames that announce where the targets are, on every segment that we share with one of them. */
export class AnnounceChannel implements Channel {
  deadline: Millis = 0;
  /** By index; undefined if removed. */
  private readonly targets: (ChannelTarget | undefined)[] = [];
  private readonly byAddress = new MultiMap<ChannelTarget>();
  private readonly byMac = new MultiMap<ChannelTarget>();
  private readonly segments: Segments;
  private floodNoticeAt = -Infinity;
  /** Samples of all targets since the last check of the interfaces. */
  private emitted = 0;
  private readonly inbox: Inbox;
  private readonly control = new ControlReader();

  constructor(
    private readonly libc: Libc,
    private readonly plan: Pick<ProbePlan, 'targets'>,
    private readonly clock: KernelClock,
    private readonly emit: (sample: Sample) => void,
    private readonly notice: (text: string) => void,
  ) {
    this.inbox = new Inbox(libc);
    this.segments = new Segments(libc, notice);
  }

  /** Throws a SystemError when a socket is refused. */
  open(): void {
    this.plan.targets.forEach((target, index) => void this.add(index, target));
  }

  get fds(): readonly number[] {
    return this.segments.fds;
  }

  /** Sends nothing: checks the interfaces, and the hardware addresses that are not confirmed. */
  send(now: Millis): void {
    if (now < this.deadline) return;
    if (this.emitted > MAX_OF_ALL_A_SECOND)
      this.flooded(`dropped announcements: more than ${MAX_OF_ALL_A_SECOND} came within a second`, now);
    this.emitted = 0;
    this.deadline = this.fds.length > 0 ? now + CHECK_INTERVAL_MS : Infinity;
    this.segments.renew();
    const unconfirmed = this.targets.filter(
      (target): target is ChannelTarget =>
        target?.segment !== undefined && target.family === 4 && target.macs.unconfirmed,
    );
    if (unconfirmed.length === 0) return;
    const known = neighbours();
    for (const { macs, address } of unconfirmed) macs.confirm(known.get(address));
  }

  read(): void {
    const frames = this.fds.flatMap(fd => this.framesOf(fd));
    // Each protocol has its own socket, so the frames are sorted by the kernel's stamps.
    frames.sort((a, b) => a.stamp - b.stamp);
    for (const { announcement, stamp } of frames) this.frame(announcement, stamp);
  }

  add(index: number, { id, address, family }: ProbeTarget): void {
    const target: ChannelTarget = {
      ...{
        target: id,
        address: withoutScope(address),
        family,
        segment: undefined,
        seq: 0,
        second: 0,
        emitted: 0,
      },
      macs: new Macs((mac, known) => this.byMac[known ? 'add' : 'remove'](mac, target)),
    };
    this.targets[index] = target;
    this.move(index, address, family);
    this.deadline = 0;
  }

  remove(index: number): void {
    const target = this.targets[index];
    this.targets[index] = undefined;
    if (!target) return;
    this.forget(target);
    if (target.segment !== undefined) this.segments.leave(target.segment);
  }

  readdress(index: number, address: string, family: Family): void {
    this.move(index, address, family);
    this.deadline = 0;
  }

  close(): void {
    this.segments.close();
  }

  private forget(target: ChannelTarget): void {
    this.byAddress.remove(target.address, target);
    target.macs.clear();
  }

  private move(index: number, address: string, family: Family): void {
    const target = this.targets[index];
    if (!target) return;
    const [former, segment] = [target.segment, segmentOf(this.libc, address, family)];
    if (segment !== undefined) this.segments.enter(segment, family);
    if (former !== undefined) this.segments.leave(former);
    this.forget(target);
    [target.address, target.family, target.segment] = [withoutScope(address), family, segment];
    this.byAddress.add(target.address, target);
  }

  private framesOf(fd: number): Frame[] {
    const { inbox, control } = this;
    const frames: Frame[] = [];
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const count = inbox.receive(fd, 0);
      for (let i = 0; i < count; i++) {
        const announcement = readFrame(inbox.view, inbox.data(i), inbox.length(i));
        if (!announcement) continue;
        control.read(inbox.view, inbox.control(i), inbox.controlLength(i), ANY);
        frames.push({ announcement, stamp: control.stamp });
      }
      if (count < BATCH) break;
    }
    return frames;
  }

  private frame(announcement: Announcement, stamp: Millis): void {
    if (this.emitted > MAX_OF_ALL_A_SECOND) return;
    let at: Millis | undefined;
    const { address, mac } = announcement;
    for (const target of address === undefined ? this.byMac.of(mac) : this.byAddress.of(address)) {
      if (target.segment === undefined) continue;
      target.macs.add(mac);
      at ??= this.arrival(stamp);
      this.report(target, announcement, at);
    }
  }

  private arrival(stamp: Millis): Millis {
    const { now, realtime } = this.clock.both();
    const age = realtime - stamp;
    // If the wall clock was set in between, the stamp is useless.
    return toMicros(age >= 0 && age < 1000 ? now - age : now);
  }

  private report(target: ChannelTarget, { via, mac, gratuitous }: Announcement, at: Millis): void {
    const second = Math.floor(at / 1000);
    if (second !== target.second) {
      if (target.emitted > MAX_A_SECOND)
        this.flooded(
          `dropped ${target.emitted - MAX_A_SECOND} announcements of ${target.target} within a second`,
          at,
        );
      [target.second, target.emitted] = [second, 0];
    }
    this.emitted++;
    if (++target.emitted > MAX_A_SECOND) return;
    const outcome = { kind: 'announce', via, mac, gratuitous } as const;
    this.emit({ at, knownAt: at, target: target.target, probe: 'announce', seq: target.seq++, outcome });
  }

  private flooded(text: string, at: Millis): void {
    if (at < this.floodNoticeAt + FLOOD_NOTICE_INTERVAL_MS) return;
    this.floodNoticeAt = at;
    this.notice(text);
  }
}

/** Without its scope, and in lower case, as in frames. */
function withoutScope(address: string): string {
  return address.split('%')[0]!.toLowerCase();
}
