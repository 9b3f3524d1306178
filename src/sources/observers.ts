import { type ChildProcess, spawn } from 'node:child_process';
import { printable } from '../core/format/text.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../core/sample.js';
import type { SessionInfo, TargetInfo } from '../core/session-info.js';
import type { ObserverSpec } from '../plan/observers.js';
import { endChild, howEnded, signalGroup } from '../system/child-process.js';
import { deferred } from '../system/deferred.js';
import { takeLines } from '../system/text-lines.js';
import { FIRST_PAUSE, longerPause, pauseAfter } from './backoff.js';
import type { LiveSamples } from './live-samples.js';
import { ObserverLines } from './observer-lines.js';
import { SourceAround } from './source-around.js';

/** What receives an observer's reports. */
interface Ports {
  now(): Millis;
  target(info: TargetInfo): void;
  gone(target: TargetId): void;
  sample(sample: Sample): void;
  notice(text: string): void;
}

const MAX_LINE = 65_536;
const MAX_ERROR_LINE = 500;
/** How long our own targets wait until an observer has named its targets. */
const START_TIMEOUT_MS: Millis = 5000;
const STOP_TIMEOUT_MS: Millis = 2000;

/** Our own samples together with those of other observers. */
export class SourceWithObservers extends SourceAround {
  private readonly targets = new Map<TargetId, TargetInfo>();
  private readonly observers: readonly Observer[];

  private constructor(own: LiveSamples, specs: readonly ObserverSpec[]) {
    super(own);
    const ports: Ports = {
      now: () => own.now(),
      target: info => this.addOrUpdate(info),
      gone: target => this.drop(target),
      sample: sample => this.deliver([sample]),
      notice: text => this.notices.add(text),
    };
    this.observers = specs.map(spec => new Observer(spec, ports));
  }

  /** Starts the observers and waits until each has named its targets, at most 5 s. */
  static async prepare(own: LiveSamples, specs: readonly ObserverSpec[]): Promise<LiveSamples> {
    if (specs.length === 0) return own;
    const source = new SourceWithObservers(own, specs);
    await Promise.all(source.observers.map(observer => observer.named));
    return source;
  }

  override info(): SessionInfo {
    const info = super.info();
    return { ...info, targets: [...info.targets, ...this.targets.values()] };
  }

  protected stopAdded(): Promise<unknown> {
    return Promise.all(this.observers.map(observer => observer.stop()));
  }

  private addOrUpdate(info: TargetInfo): void {
    const action = this.targets.has(info.target) ? 'changed' : 'added';
    this.targets.set(info.target, info);
    this.onTarget?.({ at: toMicros(this.now()), action, info });
  }

  private drop(target: TargetId): void {
    const info = this.targets.get(target);
    if (!info) return;
    this.targets.delete(target);
    this.onTarget?.({ at: toMicros(this.now()), action: 'removed', info });
  }
}

/** Another migwatch in its own process, which is started again whenever it ends. */
class Observer {
  private readonly ready = deferred<void>();
  /** Resolves when the observer named its targets, failed, or took too long. */
  readonly named = this.ready.promise;
  private readonly lines: ObserverLines;
  private child: ChildProcess | undefined;
  private closed: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private refused = false;
  private stopped = false;

  constructor(
    private readonly spec: ObserverSpec,
    private readonly ports: Ports,
  ) {
    const timeout = setTimeout(this.ready.resolve, START_TIMEOUT_MS);
    void this.named.then(() => clearTimeout(timeout));
    this.lines = new ObserverLines(spec.name, {
      ...ports,
      target: info => {
        ports.target(info);
        this.ready.resolve();
      },
      guest: summary => {
        ports.notice(`${spec.name}: ${printable(summary)}`);
        this.ready.resolve();
      },
      refused: why => this.refuse(why),
    });
    this.open(FIRST_PAUSE);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const signal = (name: NodeJS.Signals) => signalGroup(this.child!, name);
    await endChild(
      { ask: () => signal('SIGTERM'), kill: () => signal('SIGKILL'), gone: this.closed },
      STOP_TIMEOUT_MS,
    );
  }

  private open(pauseMs: Millis): void {
    const openedAt = this.ports.now();
    // Its own process group: a Ctrl-C in our terminal does not reach it, and its children end with it.
    const child = spawn('sh', ['-c', this.spec.command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.child = child;
    let lastError = '';
    const read = takeLines(child.stdout, MAX_LINE, line => this.lines.read(line));
    const errors = takeLines(child.stderr, MAX_ERROR_LINE, line => {
      if (line !== '') lastError = `: ${line}`;
    });
    const gone = new Promise<string>(done => {
      child.once('error', error => done(error.message));
      child.once('exit', (code, signal) => done(howEnded(code, signal)));
    });
    this.closed = Promise.all([gone, read, errors]).then(([how]) => {
      const ranMs = this.ports.now() - openedAt;
      if (!this.stopped) this.reopen(`${how}${lastError}`, pauseAfter(ranMs, pauseMs));
    });
  }

  private reopen(how: string, pauseMs: Millis): void {
    const { name } = this.spec;
    this.ports.notice(`the observer ${name} ended (${how}); starting it again in ${pauseMs / 1000} s`);
    this.ready.resolve();
    this.lines.restarted();
    this.timer = setTimeout(() => this.open(longerPause(pauseMs)), pauseMs);
    this.timer.unref();
  }

  private refuse(why: string): void {
    if (this.refused) return;
    this.refused = true;
    this.ports.notice(
      `the observer ${this.spec.name} wrote ${why}; its command must run migwatch watch --headless --samples`,
    );
  }
}
