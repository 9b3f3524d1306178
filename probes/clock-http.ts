/**
 * The guest's clock by the `Date` of an HTTP server that it runs, for those without raw sockets.
 *
 * `Date` has whole seconds; the edge between two of them is found by asking around it, and then followed with a request
 * every 2 s: 30 a minute, and up to 4 a second for some seconds at the start and after a step. A reading's error is half a
 * round trip plus 1 to 4 ms. HEAD requests over one kept connection, http or https, stamped in user space.
 *
 * Not for: servers behind a cache or a proxy, whose own clock it would be (`Age`, `Via` and the like are refused); a target
 * whose port 80 is answered by a balancer that leaves no trace. A server that keeps its `Date` for a while, as some do for
 * a few ms, is read late by that much.
 * Reference: RFC 9110 sections 6.6.1 (Date) and 7.6.3 (Via); RFC 9111 section 5.1 (Age).
 */
import { type Millis, toMicros } from '../src/core/sample.js';
import { now } from '../src/system/clock.js';
import { DateAsker, NotItsClock } from './clock-http/ask.js';
import { type DateAnswer, type TickReading, TickSearch } from './clock-http/tick.js';
import { sourceAddress } from './net/source-address.js';
import type { Backend, ProbePlan, ProberPorts, ProbeTarget } from './prober.js';

/** Our timers wake up to 1 ms late: the rest of the wait is spent in turns of the event loop. */
const TIMER_ERROR_MS: Millis = 2;
/** After a failure, and after an answer that is not of its clock. */
const RETRY_MS: Millis = 1000;
const REFUSED_RETRY_MS: Millis = 60_000;

/** Reads the clock of one target. */
class DateReader {
  private readonly search = new TickSearch();
  private readonly asker: DateAsker;
  private timer: NodeJS.Timeout | undefined;
  private turn: NodeJS.Immediate | undefined;
  private stopped = false;
  private rttMs: Millis = 0;
  private seq = 0;
  private trouble = '';

  constructor(
    private readonly target: ProbeTarget,
    private readonly plan: ProbePlan,
    private readonly ports: ProberPorts,
  ) {
    const localAddress = plan.interface && sourceAddress(plan.interface, target.family);
    const from = localAddress ? { localAddress, family: target.family } : {};
    this.asker = new DateAsker(target.dateUrl!, from, plan.timeoutMs, () => this.now());
    this.askAt(this.now() + target.phaseMs);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearImmediate(this.turn);
    this.asker.close();
  }

  private now(): Millis {
    return now(this.plan.origin);
  }

  /** Plans the next question so that it is at the server when the search wants it there. */
  private planNext(): void {
    this.askAt(this.search.next(this.now()) - this.rttMs / 2 - this.asker.leadMs);
  }

  private askAt(moment: Millis): void {
    const wait = moment - this.now();
    if (wait > TIMER_ERROR_MS)
      this.timer = setTimeout(() => this.askAt(moment), Math.floor(wait - TIMER_ERROR_MS / 2));
    else if (wait > 0) this.turn = setImmediate(() => this.askAt(moment));
    else void this.ask();
  }

  private async ask(): Promise<void> {
    try {
      const answer = await this.asker.ask();
      if (this.stopped) return;
      this.rttMs = answer.receivedAt - answer.sentAt;
      const reading = this.search.take(answer);
      if (!this.search.ticks) throw new NotItsClock('its Date does not count seconds');
      if (reading) this.report(answer, reading);
      this.planNext();
    } catch (error) {
      if (!this.stopped) this.retry(error as NodeJS.ErrnoException);
    }
  }

  private retry(error: NodeJS.ErrnoException): void {
    const refused = error instanceof NotItsClock;
    const why = refused ? error.message : (error.code ?? error.message);
    // A target that was read and does not answer is what its echoes show better.
    if (why !== this.trouble && (refused || this.seq === 0))
      this.ports.notice(`the clock of ${this.target.id} can't be read by HTTP: ${why}; trying again`);
    this.trouble = why;
    this.askAt(this.now() + (refused ? REFUSED_RETRY_MS : RETRY_MS));
  }

  private report({ sentAt, receivedAt }: DateAnswer, { offsetMs, errorMs }: TickReading): void {
    this.trouble = '';
    this.ports.emit([
      {
        at: toMicros(sentAt),
        knownAt: toMicros(receivedAt),
        target: this.target.id,
        probe: 'clock',
        seq: this.seq++,
        outcome: {
          kind: 'clock',
          offsetMs: toMicros(offsetMs),
          rttMs: toMicros(2 * errorMs),
          via: 'http',
          errorMs: toMicros(errorMs),
        },
      },
    ]);
  }
}

export const clockHttp: Backend = {
  name: 'clock-http',
  probe: 'clock',
  summary: "the guest's clock, by the Date of an HTTP server: --probe clock:http=URL, 30 requests a minute",
  needs: 'nothing',
  options: {},
  check: async () => ({ allowed: true }),
  open: async (plan, ports) => {
    const begin = (target: ProbeTarget) => new DateReader(target, plan, ports);
    const readers = new Map(plan.targets.map(target => [target.id, begin(target)]));
    return {
      add: target => void readers.set(target.id, begin(target)),
      remove: id => {
        readers.get(id)?.stop();
        readers.delete(id);
      },
      // Each new connection looks the name up itself.
      readdress: () => {},
      stop: async () => {
        for (const reader of readers.values()) reader.stop();
      },
    };
  },
};
