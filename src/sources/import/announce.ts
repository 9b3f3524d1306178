import { type Outcome, type Sample, type TargetId, toMicros } from '../../core/sample.js';
import { linesOf } from './lines.js';
import type { LogFormat, LogReader, LogSettings } from './log.js';
import { BAD_STAMP, isStamp } from './stamp.js';

const MAC = String.raw`[\da-f]{2}(?::[\da-f]{2}){5}`;
const ADDRESS = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const FRAME = new RegExp(
  `^(?<stamp>\\d{1,12}\\.\\d{1,9}) (?<mac>${MAC}) > (?<to>${MAC}), (?:802\\.1Q.{0,60}, )?ethertype (?:Reverse )?ARP \\(0x(?:0806|8035)\\), length \\d+: (?<text>.{1,200})$`,
  'i',
);
const BROADCAST = 'ff:ff:ff:ff:ff:ff';

interface Frame {
  stampMs: number;
  mac: string;
  /** The announced address. */
  address?: string;
  via: 'arp' | 'rarp';
  gratuitous: boolean;
}

/** What tcpdump writes for each kind of frame; the first form that fits decides. */
const FORMS: readonly [
  RegExp,
  (fields: Record<string, string>, to: string) => Omit<Frame, 'stampMs' | 'mac'>,
][] = [
  [/^Reverse Request who-is/, () => ({ via: 'rarp', gratuitous: true })],
  [
    new RegExp(`^Request who-has (?<asked>${ADDRESS})(?: \\([^)]*\\))? tell (?<address>${ADDRESS})`),
    ({ asked, address }) => ({ via: 'arp', address: address!, gratuitous: asked === address }),
  ],
  [
    new RegExp(`^Announcement (?<address>${ADDRESS})`),
    ({ address }) => ({ via: 'arp', address: address!, gratuitous: true }),
  ],
  [
    new RegExp(`^Reply (?<address>${ADDRESS}) is-at`),
    ({ address }, to) => ({ via: 'arp', address: address!, gratuitous: to === BROADCAST }),
  ],
];

function parseFrame(text: string): Frame | undefined {
  const fields = FRAME.exec(text)?.groups;
  if (!fields) return undefined;
  for (const [form, read] of FORMS) {
    const match = form.exec(fields.text!);
    if (match)
      return {
        stampMs: toMicros(Number(fields.stamp) * 1000),
        mac: fields.mac!.toLowerCase(),
        ...read(match.groups ?? {}, fields.to!.toLowerCase()),
      };
  }
  return undefined;
}

/**
 * `tcpdump -n -e -tt 'arp or rarp'`. RARP contains only a MAC, so the log is read once in advance to find the MACs of the
 * target; frames of other MACs are skipped.
 */
class AnnounceReader implements LogReader {
  private seq = 0;

  constructor(
    private readonly settings: LogSettings,
    private readonly macs: ReadonlySet<string>,
  ) {}

  read(text: string, number: number): Sample[] {
    const { target, skipped } = this.settings;
    const frame = parseFrame(text);
    if (!frame) {
      if (text.trim() !== '') skipped.notUnderstood(text, number);
      return [];
    }
    if (!isStamp(frame.stampMs)) {
      skipped.add(BAD_STAMP, number);
      return [];
    }
    if (!this.macs.has(frame.mac)) {
      skipped.add(`a frame that is not from ${target}`, number);
      return [];
    }
    const { stampMs: at, via, mac, gratuitous } = frame;
    const outcome: Outcome = { kind: 'announce', via, mac, gratuitous };
    return [{ at, knownAt: at, target, probe: 'announce', seq: this.seq++, outcome }];
  }

  end(): Sample[] {
    return [];
  }
}

function macsOf(target: TargetId, path: string): Set<string> {
  const macs = new Set<string>();
  for (const { text } of linesOf(path)) {
    const frame = parseFrame(text);
    if (frame?.address === target) macs.add(frame.mac);
  }
  return macs;
}

export const announce: LogFormat = {
  name: 'announce',
  summary: "tcpdump -n -e -tt 'arp or rarp'",
  example:
    '1795229554.469080 52:54:00:12:34:56 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Announcement 10.0.0.7, length 28',
  kinds: ['announce'],
  fits: text => FRAME.test(text),
  open: (settings, path) => new AnnounceReader(settings, macsOf(settings.target, path)),
};
