import type { Millis, Sample, TargetId } from '../src/core/sample.js';
import type { OptionSpecs } from '../src/core/validation/options.js';
import type { ClockOrigin } from '../src/system/clock.js';

/** A target as a prober needs it. */
export interface ProbeTarget {
  id: TargetId;
  /** A numeric address; for `sim` the name. */
  address: string;
  family: 4 | 6;
  /** For `tcp`. */
  port?: number;
  /** For `stream`. */
  url?: string;
  /** For `clock`: where an HTTP server of the target answers with its time. */
  dateUrl?: string;
  /** The first probe leaves this long after the prober opens; staggers the targets. */
  phaseMs: Millis;
}

export interface ProbePlan {
  targets: readonly ProbeTarget[];
  intervalMs: Millis;
  timeoutMs: Millis;
  /** Name or address of the interface to send from. */
  interface?: string;
  /** Ties the samples' times to the session's time line. */
  origin: ClockOrigin;
  options: Record<string, number>;
}

/** Receives what a prober reports. */
export interface ProberPorts {
  /** In the order in which the outcomes were known. */
  emit(samples: readonly Sample[]): void;
  /** Something the user should read; the prober continues. */
  notice(text: string): void;
  /** The prober can't continue. */
  fail(error: Error): void;
}

/** A running prober. */
export interface Prober {
  /**
   * Adds a target; the others keep their slots. Its phase counts from the prober's opening and its sequence numbers from 0.
   * Throws if it can't be probed.
   */
  add(target: ProbeTarget): void;
  /** Stops probing a target, and emits nothing about it afterwards. */
  remove(target: TargetId): void;
  /** A target's host name now resolves to another address. Sequence numbers continue. */
  readdress(target: TargetId, address: string, family: 4 | 6): void;
  /** Resolves when everything has stopped; no samples follow. */
  stop(): Promise<void>;
}

/** Whether a backend may be used here; if not, the reason, and the command that permits it. */
export type Permission = { allowed: true } | { allowed: false; reason: string; remedy?: string };

/** One way of probing. A prober that can get its socket in several ways has one backend for each. */
export interface Backend {
  /** As named by `--backend` and shown on screen, such as `icmp-datagram`. */
  name: string;
  /** The prober's name, as in `--probe NAME` and in the samples. */
  probe: string;
  /** One line: what it measures and how well. */
  summary: string;
  /** What it needs from the machine, in words. */
  needs: string;
  /** How somebody who does not see our requests can forge its replies, in words; absent if nobody can. */
  forgeable?: string;
  options: OptionSpecs;
  /** An option whose value is `[TARGET=]URL`; it comes last, since a URL may contain anything. */
  url?: { option: string; help: string };
  /** Throws a RangeError if options contradict each other. */
  checkOptions?(options: Record<string, number>): void;
  /** Tries the real thing, so that the answer holds here and now. */
  check(family: 4 | 6): Promise<Permission>;
  /** Rejects when it can't be opened after all. */
  open(plan: ProbePlan, ports: ProberPorts): Promise<Prober>;
}
