import type { DomainReport, JobReport } from '../../core/outcomes.js';
import { type Millis, type Sample, toMicros } from '../../core/sample.js';
import type { LogReader, LogSettings } from './log.js';
import { BAD_STAMP, isStamp } from './stamp.js';

type Without<Report> = Omit<Report, 'host'>;
export type HypervisorOutcome =
  | ({ kind: 'domain' } & Without<DomainReport>)
  | ({ kind: 'job' } & Without<JobReport>);

/** What a line of a hypervisor's log says. */
export interface Reported {
  at: Millis;
  outcomes: readonly HypervisorOutcome[];
}

/** Reads a line: what it reports, nothing, or the reason why it is skipped. */
export type LineParser = (text: string) => Reported | undefined | string;

/** A reader of a hypervisor's log. Its connection is named after the kind of log. */
export class HypervisorReader implements LogReader {
  private seq = 0;
  private last: Millis = -Infinity;

  constructor(
    private readonly name: string,
    private readonly settings: LogSettings,
    private readonly parse: LineParser,
  ) {}

  read(text: string, number: number): Sample[] {
    const found = this.parse(text);
    if (typeof found === 'string') this.settings.skipped.add(found, number);
    if (found === undefined || typeof found === 'string') return [];
    if (!isStamp(found.at)) {
      this.settings.skipped.add(BAD_STAMP, number);
      return [];
    }
    // Samples come in the order of time, and some logs have only whole seconds.
    this.last = Math.max(this.last, toMicros(found.at));
    return found.outcomes.map(outcome => this.sample(outcome));
  }

  /** An empty line ends a block of lines. */
  end(): Sample[] {
    return this.read('', 0);
  }

  private sample({ kind, ...fields }: HypervisorOutcome): Sample {
    const { name, last: at } = this;
    const outcome = { kind, host: `${name} log`, ...fields } as Sample['outcome'];
    return { at, knownAt: at, target: this.settings.target, probe: name, seq: this.seq++, outcome };
  }
}

/** The state of a domain at an event, or without one. */
export function domainAt(status: string, event?: string): HypervisorOutcome {
  return { kind: 'domain', link: 'up', status, ...(event !== undefined && { event }) };
}
