import type { HypervisorConnection } from '../../probes/hypervisor/backend.js';
import type { HypervisorSpec } from '../../probes/hypervisor/index.js';
import { clip, printable } from '../core/format/text.js';
import { getOrMake } from '../core/get-or-make.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../core/sample.js';
import { onAppearance } from '../system/file-appearance.js';
import { FIRST_PAUSE, longerPause, pauseAfter } from './backoff.js';
import { ConnectionNotices } from './connection-notices.js';
import { DomainTargets } from './domain-targets.js';
import type { LiveSamples } from './live-samples.js';
import { SourceAround } from './source-around.js';

/** A hypervisor that was just started is found soon: asking for it costs little. */
const MAX_PAUSE: Millis = 5000;

/** A socket file is there this much before its process listens. */
const LISTENS_AFTER_MS: Millis = 10;
/** A socket that appears again and again is not opened more often than this. */
const MIN_BETWEEN_MS: Millis = 500;

/** Characters of a hypervisor's error that are shown. */
const MAX_WHY = 300;

/** Our own samples together with what hypervisors report about their targets. */
export class SourceWithHypervisors extends SourceAround {
  private readonly watchers: readonly Watcher[];
  private readonly targets: DomainTargets;
  private readonly numbers = new Map<string, number>();

  private constructor(own: LiveSamples, specs: readonly HypervisorSpec[]) {
    super(own);
    this.targets = new DomainTargets(() => own.info().targets);
    const ports: Ports = {
      now: () => own.now(),
      targets: this.targets,
      emit: (target, probe, at, knownAt, outcome) => {
        const seq = getOrMake(this.numbers, `${probe}\n${target}`, () => 0);
        this.numbers.set(`${probe}\n${target}`, seq + 1);
        this.deliver([{ at, knownAt, target, probe, seq, outcome }]);
      },
      notice: text => this.notices.add(text),
    };
    this.watchers = specs.map(spec => new Watcher(spec, ports));
  }

  /** The source itself if no hypervisor is asked for. */
  static of(own: LiveSamples, specs: readonly HypervisorSpec[]): LiveSamples {
    return specs.length === 0 ? own : new SourceWithHypervisors(own, specs);
  }

  override async start(deliver: (samples: readonly Sample[]) => void): Promise<void> {
    await super.start(samples => {
      for (const sample of samples) this.targets.observe(sample);
      deliver(samples);
    });
    for (const watcher of this.watchers) watcher.start();
  }

  protected stopAdded(): Promise<unknown> {
    return Promise.all(this.watchers.map(watcher => watcher.stop()));
  }
}

interface Ports {
  now(): Millis;
  targets: DomainTargets;
  emit(target: TargetId, probe: string, at: Millis, knownAt: Millis, outcome: Outcome): void;
  notice(text: string): void;
}

/** One connection to a hypervisor, which is opened again whenever it ends. */
class Watcher {
  private connection: HypervisorConnection | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs: Millis = FIRST_PAUSE;
  private stopped = false;
  private unwatch: () => void = () => {};
  private appearedAt: Millis = -Infinity;
  private readonly connections = new Set<Promise<void>>();
  private readonly socket: string | undefined;
  private readonly notices: ConnectionNotices;
  /** The targets that it reported about, and whose link is not reported as down. */
  private readonly reported = new Set<TargetId>();
  private readonly unmatched = new Set<string>();

  constructor(
    private readonly spec: HypervisorSpec,
    private readonly ports: Ports,
  ) {
    const { name, backend, address } = spec;
    this.socket = backend.socketOf?.(address);
    this.notices = new ConnectionNotices(printable(name), this.socket, ports.notice);
  }

  start(): void {
    const labelled = this.spec.label === undefined ? undefined : this.ports.targets.find(this.spec, '');
    // A connection that fails at once is reported as down, too.
    if (labelled !== undefined) this.reported.add(labelled);
    if (this.stopped) return;
    if (this.socket !== undefined) this.unwatch = onAppearance(this.socket, () => this.appeared());
    this.open();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.unwatch();
    this.notices.stop();
    this.close();
    await Promise.all(this.connections);
  }

  private open(): void {
    const { spec, ports } = this;
    const openedAt = ports.now();
    const connection = spec.backend.open(spec.address, {
      now: () => ports.now(),
      domain: identity => {
        this.notices.answered();
        ports.targets.put(spec, identity);
        this.checkMatch(identity.name);
      },
      report: (domain, at, knownAt, { kind, ...fields }) => {
        const target = ports.targets.find(spec, domain);
        if (target === undefined) return;
        this.reported.add(target);
        const outcome = { kind, host: spec.name, ...fields } as Outcome;
        ports.emit(target, spec.backend.name, at, knownAt, outcome);
      },
      ended: error => this.ended(error, ports.now() - openedAt),
    });
    this.connection = connection;
  }

  /** The destination of a migration starts only a moment before the guest runs there. */
  private appeared(): void {
    const now = this.ports.now();
    if (this.stopped || this.connection || now - this.appearedAt < MIN_BETWEEN_MS) return;
    this.appearedAt = now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), LISTENS_AFTER_MS);
  }

  private close(): void {
    const { connection } = this;
    this.connection = undefined;
    if (!connection) return;
    const closing = connection.stop().finally(() => this.connections.delete(closing));
    this.connections.add(closing);
  }

  private ended(error: Error, ranMs: Millis): void {
    if (this.stopped) return;
    const { spec, ports } = this;
    const why = clip(printable(error.message), MAX_WHY);
    this.notices.ended(why);
    const at = toMicros(ports.now());
    const report = { kind: 'domain', host: spec.name, link: 'down', status: '', trouble: why } as const;
    for (const target of this.reported) ports.emit(target, spec.backend.name, at, at, report);
    this.reported.clear();
    this.close();
    const pauseMs = pauseAfter(ranMs, this.pauseMs);
    this.pauseMs = Math.min(MAX_PAUSE, longerPause(pauseMs));
    this.timer = setTimeout(() => this.open(), pauseMs);
  }

  /** Reports once that a domain is not a target, where the user may expect that it is one. */
  private checkMatch(domain: string): void {
    const { spec, ports } = this;
    if (!spec.backend.single || ports.targets.find(spec, domain) !== undefined) return;
    if (this.unmatched.has(domain)) return;
    this.unmatched.add(domain);
    const wanted = spec.label ?? domain;
    ports.notice(
      `${printable(spec.name)}: no target is called ${JSON.stringify(printable(wanted))}; write --hypervisor ${printable(spec.name)}=TARGET`,
    );
  }
}
