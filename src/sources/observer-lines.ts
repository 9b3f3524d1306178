import { isNestedTooDeep } from '../core/format/nesting.js';
import { getOrMake } from '../core/get-or-make.js';
import { observedId } from '../core/observer.js';
import { OUTCOME_SHAPES } from '../core/outcomes.js';
import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../core/sample.js';
import type { TargetInfo } from '../core/session-info.js';
import {
  isDuration,
  isOptional,
  isProbeNumber,
  isRecord,
  isText,
  misfit,
  type Shape,
} from '../core/validation/shape.js';
import { isTargetLine } from '../recording/rows.js';

/** What receives an observer's samples and targets. */
export interface ObserverPorts {
  /** On our time line. */
  now(): Millis;
  target(info: TargetInfo): void;
  /** The observer stopped watching a target. */
  gone(target: TargetId): void;
  sample(sample: Sample): void;
  /** What `migwatch guest` found inside a VM, in words. */
  guest(summary: string): void;
  /** The observer wrote a line that migwatch never writes. */
  refused(why: string): void;
}

/** More than one observer is expected to watch. */
const MAX_TARGETS = 1000;
const MAX_NAME = 200;
/** A clock this close to ours is not corrected: it is the same machine, or both follow NTP. */
const CLOCK_TOLERANCE_MS: Millis = 1000;
/** A line that is older was written before the clock was set. */
const MAX_DELAY_MS: Millis = 60_000;

const START: Shape = { targets: Array.isArray };
const SAMPLE: Shape = {
  target: isText,
  probe: value => isText(value) && (value as string).length <= MAX_NAME,
  seq: isProbeNumber,
  at: isText,
  knownAt: isText,
  kind: isText,
  lagMs: isOptional(isDuration),
};

type Fields = Record<string, unknown>;
type SampleFields = { target: string; probe: string; seq: number; at: string; knownAt: string; kind: string };

/** Reads the lines of another `migwatch watch --headless --samples`. Checks every field before it is used. */
export class ObserverLines {
  /** The observer's targets by its own ids, with the number of probes of each so far. */
  private readonly targets = new Map<string, Map<string, { first: number; next: number }>>();
  /** Our clock minus the observer's; undefined before the first sample. */
  private behindMs: Millis | undefined;

  constructor(
    private readonly observer: string,
    private readonly ports: ObserverPorts,
  ) {}

  /** The observer was started again, so its probes are counted from 0. */
  restarted(): void {
    this.behindMs = undefined;
    for (const probes of this.targets.values()) for (const count of probes.values()) count.first = count.next;
  }

  read(text: string): void {
    if (text.trim() === '') return;
    try {
      this.take(parse(text));
    } catch (error) {
      this.ports.refused((error as Error).message);
    }
  }

  /** Lines of other types hold the observer's verdicts. They are not used, because this session judges the samples itself. */
  private take(line: Fields): void {
    if (line.type === 'start') this.takeStart(line);
    else if (line.type === 'sample') this.takeSample(line);
    else if (line.type === 'target') this.takeChange(line);
    else if (line.type === 'guest' && isText(line.summary))
      this.ports.guest((line.summary as string).slice(0, MAX_NAME));
    else if (!isText(line.type)) throw new RangeError('a line without a type');
  }

  private takeStart(line: Fields): void {
    check(line, START, 'start');
    for (const info of line.targets as unknown[]) this.takeTarget(info);
  }

  private takeChange(line: Fields): void {
    const { action, target } = line;
    if (action !== 'removed') this.takeTarget(line);
    else if (this.targets.delete(target as string)) this.ports.gone(this.idOf(target as string));
  }

  private takeTarget(value: unknown): void {
    if (!isTargetLine(value)) throw new RangeError('a target with fields that migwatch does not write');
    const info = value as unknown as Omit<TargetInfo, 'simulated'> & { simulated?: boolean };
    if (this.targets.size >= MAX_TARGETS && !this.targets.has(info.target)) return;
    if (info.target.length > MAX_NAME) throw new RangeError('a target with a name that is too long');
    getOrMake(this.targets, info.target, () => new Map());
    const { address, backend, witnesses, simulated = false, stream, trouble } = info;
    this.ports.target({
      target: this.idOf(info.target),
      name: `${info.name.slice(0, MAX_NAME)}@${this.observer}`,
      ...{ address, backend, witnesses, simulated },
      ...(stream && { stream }),
      ...(trouble !== undefined && { trouble: trouble.slice(0, MAX_NAME) }),
    });
  }

  private idOf(target: string): TargetId {
    return observedId(target, this.observer);
  }

  private takeSample(line: Fields): void {
    check(line, SAMPLE, 'sample');
    const { target, probe, seq, at, knownAt, kind } = line as SampleFields;
    const probes = this.targets.get(target);
    if (!probes) throw new RangeError('a sample of an undeclared target');
    const known = this.onOurs(momentOf(knownAt));
    const sent = known - ageOf(momentOf(at), momentOf(knownAt));
    const count = getOrMake(probes, probe, () => ({ first: 0, next: 0 }));
    const counted = count.first + seq;
    if (!isProbeNumber(counted)) throw new RangeError('a probe number that is too high');
    count.next = Math.max(count.next, counted + 1);
    this.ports.sample({
      at: toMicros(sent),
      knownAt: toMicros(known),
      target: this.idOf(target),
      probe,
      seq: counted,
      outcome: outcomeOf(kind, line),
      ...(line.lagMs !== undefined && { lagMs: line.lagMs as Millis }),
    });
  }

  /** The observer's time on our time line: never in our future and never long ago, whatever its clock shows. */
  private onOurs(theirs: Millis): Millis {
    const now = this.ports.now();
    const apart = now - theirs;
    this.behindMs ??= Math.abs(apart) <= CLOCK_TOLERANCE_MS ? 0 : apart;
    const delay = apart - this.behindMs;
    if (delay < -CLOCK_TOLERANCE_MS || delay > MAX_DELAY_MS) this.behindMs = apart;
    return theirs + this.behindMs;
  }
}

function parse(text: string): Fields {
  if (isNestedTooDeep(text)) throw new RangeError('a line that is nested too deep');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RangeError('a line that is not JSON', { cause });
  }
  if (!isRecord(value)) throw new RangeError('a line that is not an object');
  return value as Fields;
}

function check(line: Fields, shape: Shape, what: string): void {
  const wrong = misfit(line, shape);
  if (wrong) throw new RangeError(`a ${what} whose field "${wrong}" is missing or of the wrong type`);
}

/** The outcome from the fields that its kind has. On a line, a late reply is a kind of its own. */
function outcomeOf(kind: string, line: Fields): Outcome {
  const own = kind === 'late' ? 'reply' : kind;
  if (!Object.hasOwn(OUTCOME_SHAPES, own)) throw new RangeError('a sample of an unknown kind');
  const shape = OUTCOME_SHAPES[own as Outcome['kind']];
  const fields = Object.fromEntries(
    Object.keys(shape).flatMap(key => (Object.hasOwn(line, key) ? [[key, line[key]]] : [])),
  );
  check(fields, shape, own);
  return { kind: own, ...fields, ...(kind === 'late' && { late: true }) } as Outcome;
}

const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})(\d{3})?Z$/;

function momentOf(text: string): Millis {
  const [, millis, micros = '0'] = MOMENT.exec(text) ?? [];
  const moment = Date.parse(`${millis}Z`);
  if (Number.isNaN(moment)) throw new RangeError('a time that is not in ISO 8601');
  return moment + Number(micros) / 1000;
}

function ageOf(sentAt: Millis, knownAt: Millis): Millis {
  const age = knownAt - sentAt;
  if (age >= 0 && age <= MAX_DELAY_MS) return age;
  throw new RangeError('a sample that was known before it was sent, or long after');
}
