import type { ChildProcess } from 'node:child_process';
import { type LibvirtJob, libvirtJob } from '../../src/core/hypervisor/libvirt-job.js';
import { type VirshEvent, virshEvent } from '../../src/core/hypervisor/virsh-event.js';
import type { Millis } from '../../src/core/sample.js';
import { howEnded } from '../../src/system/child-process.js';
import { takeLines } from '../../src/system/text-lines.js';
import { FLOOD, LineRate } from './line-rate.js';
import { endVirsh, errorIn, startVirsh } from './virsh-shell.js';

const MAX_LINE = 4096;
const MAX_ERRORS = 100;
/** The time limit and the line limit for the figures of a result. */
const FIGURES_MS: Millis = 20;
const MAX_FIGURES = 100;

/** An event when it arrived, on our time line; `job` is the result that a `job-completed` brought. */
export interface ArrivedEvent extends VirshEvent {
  arrivedAt: Millis;
  job?: LibvirtJob;
}

interface Ports {
  now(): Millis;
  event(event: ArrivedEvent): void;
  /** virsh ended: called once, unless it was stopped. */
  ended(error: Error): void;
}

/** Reads `virsh event --all --loop --timestamp`. */
export class VirshEvents {
  private readonly child: ChildProcess;
  private readonly gone: Promise<unknown>;
  private readonly rate = new LineRate();
  private readonly errors: string[] = [];
  private isOver = false;
  /** A `job-completed` whose figures are still coming, in lines of their own. */
  private completed: { event: ArrivedEvent; lines: string[] } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    uri: string,
    private readonly ports: Ports,
  ) {
    this.child = startVirsh(uri, ['event', '--all', '--loop', '--timestamp']);
    const read = takeLines(this.child.stdout!, MAX_LINE, line => this.read(line));
    this.gone = new Promise<string>(done => {
      this.child.once('error', error => done(error.message));
      this.child.once('close', (code, signal) => done(`virsh event ended: ${howEnded(code, signal)}`));
    }).then(async how => {
      await read;
      this.end(new Error(errorIn(this.errors) ?? how));
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await endVirsh(this.child, this.gone);
  }

  private end(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.ports.ended(error);
  }

  /** A line is an event, or a tab and a figure of the `job-completed` before. */
  private read(line: string): void {
    if (this.isOver) return;
    const arrivedAt = this.ports.now();
    const event = virshEvent(line);
    if (this.rate.exceeds(arrivedAt)) this.end(new Error(`virsh event: ${FLOOD}`));
    else if (event) this.take({ ...event, arrivedAt });
    else if (line.startsWith('error: ')) put(this.errors, line, MAX_ERRORS);
    else if (this.completed && /^\s/.test(line)) put(this.completed.lines, line, MAX_FIGURES);
  }

  /** An event ends the figures of the one before, or silence does. */
  private take(event: ArrivedEvent): void {
    this.complete();
    if (event.name === 'job-completed') {
      this.completed = { event, lines: [] };
      this.timer = setTimeout(() => this.complete(), FIGURES_MS);
    } else this.ports.event(event);
  }

  private complete(): void {
    const { completed } = this;
    clearTimeout(this.timer);
    this.completed = undefined;
    const job = completed && libvirtJob(completed.lines);
    if (completed) this.ports.event({ ...completed.event, ...(job && { job }) });
  }
}

function put(lines: string[], line: string, most: number): void {
  if (lines.length < most) lines.push(line);
}
