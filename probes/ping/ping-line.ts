import { type Millis, toMicros } from '../../src/core/sample.js';

/**
 * One line of the output of iputils' `ping -n -D -O`, in any language; of busybox; or of macOS. Sequence numbers are those on the wire: 16 bits, from 1, or from 0 of busybox and macOS.
 * `stampMs` is what `-D` puts before a line: the wall clock when it was written, which is the arrival of a reply.
 */
export type PingLine =
  | { kind: 'header'; host: string; address: string }
  | {
      kind: 'reply';
      stampMs?: Millis;
      from: string;
      seq: number;
      ttl?: number;
      rttMs: Millis;
      mark?: ReplyMark;
    }
  /** `-O`, and always on macOS: seq is still unanswered, and the next probe leaves now. */
  | { kind: 'no-answer'; stampMs?: Millis; seq: number }
  /** An ICMP error that ends the probe, in ping's words. */
  | { kind: 'error'; stampMs?: Millis; from: string; seq: number; reason: string };

/** ping's mark on a reply that does not count as one. */
export type ReplyMark = 'duplicate' | 'foreign';

type Fields = Record<string, string | undefined>;

const STAMP = String.raw`(?:\[(?<stamp>\d{1,12}(?:\.\d{1,9})?)\] )?`;
/** Without `-n` a name comes before the address, which is then in brackets. */
const FROM = String.raw`(?:[^ ]+ \()?(?<from>[\d.]+|[\da-fA-F:.]+(?:%[\w.-]+)?)\)?`;

/** Milliseconds in the language of the user. */
const UNIT = String.raw`[^\s\d()]{1,6}`;

/** The first form that fits decides. An ICMP redirect or quench fits none: the probe may still be answered. */
const FORMS: readonly [RegExp, (fields: Fields) => PingLine][] = [
  [
    new RegExp(
      `^${STAMP}\\d+ [^:\\d]{1,40}? ${FROM} ?: (?:icmp_)?seq=(?<seq>\\d{1,5})(?: ident=\\d{1,5})?(?: (?:ttl|hlim)=(?<ttl>\\d{1,3}))? [^\\s\\d=<]{1,20}[=<](?<rtt>\\d{1,9}(?:[.,]\\d+)?) ?${UNIT}(?<marks>( \\([A-Z !]+\\))*)(?:\\t\\(same route\\))?$`,
    ),
    fields => ({
      kind: 'reply',
      ...stamped(fields),
      from: fields.from!,
      seq: Number(fields.seq),
      ...(fields.ttl !== undefined && { ttl: Number(fields.ttl) }),
      rttMs: toMicros(Number(fields.rtt!.replace(',', '.'))),
      ...marked(fields.marks!),
    }),
  ],
  [
    new RegExp(`^${STAMP}[^\\d:=[]{3,80}icmp_seq[= ](?<seq>\\d{1,5})$`),
    fields => ({ kind: 'no-answer', ...stamped(fields), seq: Number(fields.seq) }),
  ],
  [
    new RegExp(
      `^${STAMP}From ${FROM}:? icmp_seq=(?<seq>\\d{1,5}) (?<reason>(?:Dest|Time|Packet|Parameter|Frag)[\\x20-\\x7e]{1,100})$`,
    ),
    fields => ({
      kind: 'error',
      ...stamped(fields),
      from: fields.from!,
      seq: Number(fields.seq),
      reason: fields.reason!.trim(),
    }),
  ],
  [
    /^PING (?<host>[^\s()]{1,255}) ?\((?<address>[0-9a-fA-F:.]+(?:%[\w.-]+)?)\)/,
    fields => ({ kind: 'header', host: fields.host!, address: fields.address! }),
  ],
];

/** Reads a line without its line end; `undefined` for a line that is not about a probe, such as the final statistics. */
export function parsePingLine(line: string): PingLine | undefined {
  for (const [form, read] of FORMS) {
    const fields = form.exec(line)?.groups;
    if (fields && Number(fields.seq ?? 0) <= 0xffff && Number(fields.ttl ?? 0) <= 255) return read(fields);
  }
  return undefined;
}

function stamped({ stamp }: Fields): { stampMs?: Millis } {
  return stamp === undefined ? {} : { stampMs: toMicros(Number(stamp) * 1000) };
}

function marked(marks: string): { mark?: ReplyMark } {
  if (marks.includes('DIFFERENT ADDRESS')) return { mark: 'foreign' };
  return marks.includes('DUP!') ? { mark: 'duplicate' } : {};
}

/** The whole sequence number nearest to `near` of which `wire` is the lower 16 bits. */
export function unwrapSeq(near: number, wire: number): number {
  const ahead = (wire - near) & 0xffff;
  return near + (ahead < 0x8000 ? ahead : ahead - 0x10000);
}
