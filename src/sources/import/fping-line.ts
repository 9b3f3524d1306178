import { type Millis, toMicros } from '../../core/sample.js';
import { isRecord } from '../../core/validation/shape.js';

/** A line of fping, as text or as JSON (`-J`). */
export type FpingLine =
  /** `-l`, `-c`, `-C`: the outcome of one probe; without a round trip it timed out. */
  | { kind: 'probe'; stampMs?: Millis; host: string; seq: number; rttMs?: Millis; marks: Marks }
  /** `-C`: all round trips of a host at the end. */
  | { kind: 'values'; host: string; rtts: readonly (Millis | undefined)[] }
  /** `-Q`: the next interval begins to be summed up. */
  | { kind: 'interval'; stampMs?: Millis }
  /** `-Q`, and `-c` at the end: what a number of probes found. */
  | { kind: 'sum'; stampMs?: Millis; host: string; sent: number; returned: number; meanMs?: Millis }
  /** Errors that a "timed out" follows, and totals. */
  | { kind: 'other' };

interface Marks {
  ttl?: number;
  duplicate?: true;
  from?: string;
}

type Fields = Record<string, string | undefined>;

const HOST = String.raw`(?<host>[^\s:[\]]\S{0,254}) *:`;
const STAMP = String.raw`(?:\[(?<stamp>\d{1,12}\.\d{1,9})\] )?`;
const RTT = String.raw`\d{1,9}(?:\.\d{1,6})?`;
const TTL = /\(TTL (\d{1,3})\)/;
const FOREIGN = /\[<- ([\da-fA-F.:]{2,45})\]/;

const FORMS: readonly [RegExp, (fields: Fields) => FpingLine][] = [
  [
    new RegExp(
      `^${STAMP}${HOST} (?<duplicate>duplicate for )?\\[(?<seq>\\d{1,10})\\], (?:timed out|\\d{1,6} bytes, (?<rtt>${RTT}) ms)(?<rest>.{0,200})$`,
    ),
    ({ stamp, host, duplicate, seq, rtt, rest }) => ({
      kind: 'probe',
      ...stamped(stamp),
      ...{ host: host!, seq: Number(seq) },
      ...(rtt !== undefined && { rttMs: toMicros(Number(rtt)) }),
      marks: {
        ...ttlOf(TTL.exec(rest!)?.[1]),
        ...(duplicate !== undefined && { duplicate: true }),
        ...fromOf(FOREIGN.exec(rest!)?.[1]),
      },
    }),
  ],
  [
    new RegExp(`^${HOST}(?<values>(?: (?:${RTT}|-))+)$`),
    ({ host, values }) => ({
      kind: 'values',
      host: host!,
      rtts: values!
        .trim()
        .split(' ')
        .map(value => (value === '-' ? undefined : toMicros(Number(value)))),
    }),
  ],
  [
    /^\[(?:\d\d:\d\d:\d\d|(?<stamp>\d{9,12}(?:\.\d{1,9})?))\]$/,
    ({ stamp }) => ({ kind: 'interval', ...stamped(stamp) }),
  ],
  [
    new RegExp(
      `^${HOST} xmt\\/rcv\\/%loss = (?<sent>\\d{1,9})\\/(?<returned>\\d{1,9})\\/\\d{1,3}%(?:, outage\\(ms\\) = \\d+)?(?:, min\\/avg\\/max = ${RTT}\\/(?<mean>${RTT})\\/${RTT})?$`,
    ),
    ({ host, sent, returned, mean }) => ({
      kind: 'sum',
      ...{ host: host!, sent: Number(sent), returned: Number(returned) },
      ...(mean !== undefined && { meanMs: toMicros(Number(mean)) }),
    }),
  ],
  [/^\s*$|^ICMP |^ +[\d.]+ +\w/, () => ({ kind: 'other' })],
];

/** Undefined for a line that is not of fping, or of a mode that does not say when it probed. */
export function parseFpingLine(text: string): FpingLine | undefined {
  if (text.startsWith('{')) return readJson(text);
  for (const [form, read] of FORMS) {
    const fields = form.exec(text)?.groups;
    if (fields ?? form.test(text)) return read(fields ?? {});
  }
  return undefined;
}

/**
 * One object a line, with the kind as its only key; unknown ones are skipped, as fping's manual asks. A line holds no stamp,
 * except for sums of an interval.
 */
const JSON_KINDS: Readonly<Record<string, (fields: Record<string, unknown>) => FpingLine | undefined>> = {
  resp: fields => probeIn(fields, fields.rtt),
  timeout: fields => probeIn(fields, undefined),
  vSum: ({ host, values }) =>
    isHost(host) && Array.isArray(values) ? { kind: 'values', host, rtts: values.map(rttOf) } : undefined,
  intSum: ({ time, host, xmt, rcv, rttAvg }) =>
    isHost(host) && typeof time === 'number'
      ? {
          ...{ kind: 'sum', stampMs: time * 1000, host, sent: Number(xmt), returned: Number(rcv) },
          ...(typeof rttAvg === 'number' && { meanMs: toMicros(rttAvg) }),
        }
      : undefined,
  summary: () => ({ kind: 'other' }),
  stats: () => ({ kind: 'other' }),
};

function readJson(text: string): FpingLine | undefined {
  try {
    const [[kind, fields] = []] = Object.entries(JSON.parse(text) as object);
    const read = kind !== undefined && Object.hasOwn(JSON_KINDS, kind) ? JSON_KINDS[kind] : undefined;
    return read && isRecord(fields) ? read(fields as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // the caller counts the line as not understood
  }
}

function probeIn({ host, seq, ttl }: Record<string, unknown>, rtt: unknown): FpingLine | undefined {
  const rttMs = rttOf(rtt);
  if (!isHost(host) || !Number.isSafeInteger(seq) || (seq as number) < 0) return undefined;
  const answer = rttMs === undefined ? {} : { rttMs };
  return { kind: 'probe', host, seq: seq as number, ...answer, marks: ttlOf(ttl) };
}

function isHost(host: unknown): host is string {
  return typeof host === 'string' && host !== '' && host.length <= 255;
}

function rttOf(rtt: unknown): Millis | undefined {
  return typeof rtt === 'number' && rtt >= 0 && rtt < 1e9 ? toMicros(rtt) : undefined;
}

function stamped(stamp: string | undefined): { stampMs?: Millis } {
  return stamp === undefined ? {} : { stampMs: toMicros(Number(stamp) * 1000) };
}

function ttlOf(ttl: unknown): { ttl?: number } {
  return ttl !== undefined && Number(ttl) >= 0 && Number(ttl) <= 255 ? { ttl: Number(ttl) } : {};
}

function fromOf(from: string | undefined): { from?: string } {
  return from === undefined ? {} : { from };
}
