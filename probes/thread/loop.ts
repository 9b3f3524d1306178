import type { Millis, Sample, TargetId } from '../../src/core/sample.js';
import { now } from '../../src/system/clock.js';
import type { Libc } from '../net/libc.js';
import type { Family } from '../net/socket.js';
import type { ProbeTarget } from '../prober.js';
import { turnMs } from '../timing/schedule.js';
import type { Channel, ChannelPorts } from './channel.js';
import { openChannels } from './channels.js';
import type { WorkerPlan } from './messages.js';
import { PollSet } from './poll-set.js';

/** The longest sleep: the process cannot exit while its probing thread sleeps. */
const MAX_SLEEP_MS: Millis = 200;
/** The shortest time between two batches: waking the main thread costs as much as the probing. */
const FLUSH_INTERVAL_MS: Millis = 20;

export interface LoopPorts {
  flush(samples: Sample[]): void;
  notice(text: string): void;
}

/** Runs the channels of a probing thread: sleeps until something is due or comes, reads, sends, and emits batches. */
export class ProbingLoop {
  private channels: readonly Channel[] = [];
  /** Undefined if descriptors have changed since it was made. */
  private pollSet: PollSet | undefined;
  /**
   * Turns of the loop are at least this far apart. The kernel stamps the replies, so they need not be read the moment they
   * arrive.
   */
  private readonly spacing: Millis;
  private batch: Sample[] = [];
  private turnedAt: Millis = 0;
  private flushedAt: Millis = 0;

  constructor(
    private readonly libc: Libc,
    private readonly order: WorkerPlan,
    /** An eventfd: writing to it ends a sleep. */
    private readonly wake: number,
    private readonly ports: LoopPorts,
  ) {
    this.spacing = turnMs(order.plan.intervalMs);
  }

  /** Throws a RangeError for an invalid address and a SystemError when a socket is refused; nothing is open then. */
  open(): void {
    const ports: ChannelPorts = {
      emit: sample => void this.batch.push(sample),
      notice: this.ports.notice,
      fdsChanged: () => this.fdsChanged(),
      readAll: () => this.read(),
      returned: index => {
        for (const channel of this.channels) channel.returned?.(index);
      },
    };
    this.channels = openChannels(this.libc, this.order, ports);
  }

  /** Sleeps until a probe is due or a packet arrives. Returns whether the eventfd woke it. Throws when a socket is gone. */
  turn(): boolean {
    const woken = this.sleep();
    // Read all answers before a probe can become overdue, so that a stall of ours does not look like a loss.
    const reached = this.now();
    this.turnedAt = reached;
    this.read();
    for (const channel of this.channels) channel.send(reached);
    if (this.batch.length > 0 && reached >= this.flushedAt + FLUSH_INTERVAL_MS) this.flush(reached);
    return woken;
  }

  /** Adds a target, in its own slots. If it can't be probed, a notice says why. */
  add(index: number, target: ProbeTarget): void {
    try {
      for (const channel of this.channels) channel.add(index, target);
    } catch (error) {
      this.remove(index);
      this.ports.notice(`${target.id} can't be probed: ${(error as Error).message}`);
    } finally {
      this.fdsChanged();
    }
  }

  /** Emits the samples of the target so far; none follow. */
  remove(index: number): void {
    this.flush(this.now());
    for (const channel of this.channels) channel.remove(index);
    this.fdsChanged();
  }

  readdress(index: number, id: TargetId, address: string, family: Family): void {
    try {
      for (const channel of this.channels) channel.prepare?.(family);
      // The echoes change last: they keep their address if another channel refuses the new one.
      for (const channel of this.channels.toReversed()) channel.readdress(index, address, family);
    } catch (error) {
      this.ports.notice(`${id} is still probed at its former address: ${(error as Error).message}`);
    } finally {
      this.fdsChanged();
    }
  }

  close(): void {
    this.flush(this.now());
    for (const channel of this.channels) channel.close();
  }

  /** Another socket may already have the number of a closed descriptor, so the set is made again. */
  private fdsChanged(): void {
    this.pollSet = undefined;
  }

  private read(): void {
    for (const channel of this.channels) channel.read();
  }

  private sleep(): boolean {
    if (this.waitUntil(this.turnedAt + this.spacing, 'eventfd')) return true;
    const flushAt = this.batch.length > 0 ? this.flushedAt + FLUSH_INTERVAL_MS : Infinity;
    const sendAt = this.channels.reduce((first, { deadline }) => Math.min(first, deadline), Infinity);
    return this.waitUntil(Math.min(sendAt, flushAt), 'all');
  }

  private waitUntil(until: Millis, which: 'all' | 'eventfd'): boolean {
    const ms = Math.min(MAX_SLEEP_MS, until - this.now());
    if (ms <= 0) return false;
    this.pollSet ??= new PollSet(
      this.libc,
      this.wake,
      this.channels.flatMap(({ fds }) => fds),
    );
    return this.pollSet.wait(ms, which);
  }

  private flush(at: Millis): void {
    this.flushedAt = at;
    if (this.batch.length === 0) return;
    this.ports.flush(this.batch);
    this.batch = [];
  }

  private now(): Millis {
    return now(this.order.plan.origin);
  }
}
