import { existsSync } from 'node:fs';
import type { Millis } from '../core/sample.js';

/** Reasons that are kept of a connection that cannot be opened. */
const MAX_REASONS = 3;
/** A hypervisor that ends removes its socket within this time of closing it. */
const SETTLE_MS: Millis = 200;
/** A socket that is missing for longer is reported once a session: its path may be wrong. */
const LASTS_MS: Millis = 30_000;

/**
 * The notices about one connection to a hypervisor. Each reason is reported once until it answers again. A socket that goes and
 * comes with its VM is no trouble, and is reported once if it lasts.
 */
export class ConnectionNotices {
  /** The reasons why it ended since it last answered. */
  private readonly reasons = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private isReported = false;
  private isAbsenceReported = false;

  /** `socket` is the path of the hypervisor's socket on this machine, if it has one. */
  constructor(
    private readonly name: string,
    private readonly socket: string | undefined,
    private readonly notice: (text: string) => void,
  ) {}

  ended(why: string): void {
    if (this.reasons.has(why) || this.reasons.size >= MAX_REASONS) return;
    this.reasons.add(why);
    clearTimeout(this.timer);
    if (this.socket === undefined) this.report(why);
    else this.timer = setTimeout(() => this.settled(why), SETTLE_MS);
  }

  answered(): void {
    this.stop();
    if (this.isReported) this.notice(`${this.name} answers again`);
    this.isReported = false;
    this.reasons.clear();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private settled(why: string): void {
    if (existsSync(this.socket!)) this.report(why);
    else if (!this.isAbsenceReported) this.timer = setTimeout(() => this.lasts(why), LASTS_MS);
  }

  private lasts(why: string): void {
    this.isAbsenceReported = true;
    this.report(why);
  }

  private report(why: string): void {
    this.isReported = true;
    this.notice(`${this.name}: ${why}; migwatch goes on without its reports and tries again`);
  }
}
