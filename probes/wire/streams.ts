import type { MigrationAnswer } from '../../src/core/wire/answers.js';
import type { Content, WireStream } from '../../src/core/wire/stream.js';
import { addressOf, endText, portOf } from './ends.js';
import { BULK_BYTES, type Flow, type SearchOptions } from './flow/flow.js';
import { Rate } from './flow/rate.js';
import { endsOf, FlowTable } from './flow/table.js';
import type { Packet } from './packet.js';

/** What is looked for in streams. */
export interface StreamOptions extends SearchOptions {
  /** Addresses of hypervisors, as texts: a protected bulk transfer between two of them is likely a migration. */
  hosts?: ReadonlySet<string>;
}

/** Protocols whose connections belong together if they run between the same ends at the same time. */
const CHANNELS: readonly string[] = ['qemu', 'multifd', 'tls'];
/** multifd has at most 255, and one more is the main channel. */
const MAX_CHANNELS = 256;
/** Ended channels that wait for the others of their streams; beyond, the stream that waits for longest is reported. */
const MAX_WAITING = 1024;

/** Turns the packets of a capture into streams: recognises them, joins the channels of a migration, and reports what is over. */
export class Streams {
  private readonly table: FlowTable;
  /** Channels that ended, of streams that go on, by their ends. */
  private readonly ended = new Map<string, Flow[]>();
  /** The number of all these. */
  private waiting = 0;

  constructor(
    private readonly options: StreamOptions,
    private readonly report: (stream: WireStream) => void,
  ) {
    this.table = new FlowTable(options, flow => this.take(flow));
  }

  /** Connections at the moment. */
  get size(): number {
    return this.table.size;
  }

  packet(packet: Packet): void {
    this.table.take(packet);
  }

  /** Reports what was over at this moment. */
  sweep(at: number): void {
    this.table.sweep(at);
  }

  /** The capture is over, and so are all streams. */
  end(): void {
    this.table.end();
  }

  private take(flow: Flow): void {
    if (flow.bytes[0] + flow.bytes[1] === 0) return;
    if (isChannel(flow)) this.takeChannel(flow);
    else this.report(streamOf([flow], this.options));
  }

  /** Reports the channels of a migration together, when the last of them has ended. */
  private takeChannel(flow: Flow): void {
    const ends = endsOf(flow);
    const channels = this.ended.get(ends) ?? [];
    channels.push(flow);
    this.ended.set(ends, channels);
    this.waiting++;
    if (channels.length >= MAX_CHANNELS || !this.goesOn(flow, ends)) this.reportEnded(ends, channels);
    else if (this.waiting > MAX_WAITING) this.reportEnded(...first(this.ended));
  }

  private goesOn(flow: Flow, ends: string): boolean {
    for (const other of this.table.open)
      if (other !== flow && isChannel(other) && endsOf(other) === ends) return true;
    return false;
  }

  private reportEnded(ends: string, channels: readonly Flow[]): void {
    this.ended.delete(ends);
    this.waiting -= channels.length;
    this.report(streamOf(channels, this.options));
  }
}

function isChannel({ recognised }: Flow): boolean {
  return recognised !== undefined && CHANNELS.includes(recognised.protocol);
}

function first<Key, Value>(map: ReadonlyMap<Key, Value>): [Key, Value] {
  return map.entries().next().value!;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The stream of one flow, or of the channels of one migration. */
function streamOf(flows: readonly Flow[], options: StreamOptions): WireStream {
  // The main channel names the machine; the others hold pages only.
  const main = flows.find(({ recognised }) => recognised?.protocol !== 'multifd') ?? flows[0]!;
  const sent = sum(flows.map(({ bytes }) => bytes[0]));
  const answered = sum(flows.map(({ bytes }) => bytes[1]));
  const [from, to] = sent >= answered ? [main.client, main.server] : [main.server, main.client];
  const content = contentOf(flows);
  const startedAt = Math.min(...flows.map(flow => flow.startedAt));
  return {
    ...{ from: endText(from), to: endText(to), startedAt },
    endedAt: Math.max(...flows.map(({ endedAt }) => endedAt)),
    ...{ bytes: Math.max(sent, answered), backBytes: Math.min(sent, answered), channels: flows.length },
    protocol: main.recognised?.protocol ?? 'unknown',
    protection: main.recognised?.protection ?? 'unknown',
    ...answerOf(main, { sent, answered, content }, options),
    details: [...new Set([main, ...flows].flatMap(flow => detailsOf(flow, content)))],
    rate: rateOf(flows, startedAt),
    captured: sum(flows.map(({ captured }) => captured)),
    content,
    ...canaryOf(flows),
    ...revealedOf([main, ...flows]),
  };
}

function rateOf(flows: readonly Flow[], startedAt: number) {
  if (flows.length === 1) return flows[0]!.rate.all;
  const joined = new Rate(startedAt);
  for (const flow of flows) {
    const { widthMs, bytes } = flow.rate.all;
    for (const [slot, amount] of bytes.entries()) joined.add(flow.startedAt + (slot + 0.5) * widthMs, amount);
  }
  return joined.all;
}

/** Shares are weighted by the bytes that were read. */
function contentOf(flows: readonly Flow[]): Content {
  const contents = flows.map(({ sampler }) => sampler.content);
  if (contents.length === 1) return contents[0]!;
  const sampled = sum(contents.map(content => content.sampled));
  const mean = (value: (content: Content) => number) =>
    sampled === 0 ? 0 : sum(contents.map(content => value(content) * content.sampled)) / sampled;
  return {
    sampled,
    entropy: mean(({ entropy }) => entropy),
    textShare: mean(({ textShare }) => textShare),
    zeroPages: sum(contents.map(({ zeroPages }) => zeroPages)),
    pages: sum(contents.map(({ pages }) => pages)),
  };
}

function canaryOf(flows: readonly Flow[]): Pick<WireStream, 'canary'> {
  const found = flows.flatMap(({ canary }) => canary ?? []);
  if (found.length === 0) return {};
  const places = found.flatMap(canary => canary.places).slice(0, MAX_PLACES);
  return { canary: { count: sum(found.map(({ count }) => count)), places } };
}

const MAX_PLACES = 8;

/** Printable ASCII as it is, all other bytes as \xNN. */
function revealedOf(flows: readonly Flow[]): Pick<WireStream, 'revealed'> {
  const bytes = flows.find(({ revealed }) => revealed)?.revealed;
  if (!bytes) return {};
  const escaped = [...bytes].map(byte =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return { revealed: escaped.join('') };
}

function detailsOf(flow: Flow, content: Content): readonly string[] {
  const { recognised } = flow;
  if (recognised) return flow.isProven ? [...recognised.details, 'QEMU stream inside'] : recognised.details;
  const reason = flow.hasBeginning
    ? 'its first bytes are of no known protocol'
    : 'it began before the capture';
  return content.sampled === 0
    ? ['no payload captured', reason]
    : [`entropy ${content.entropy.toFixed(1)} of 8 bits a byte${entropyWords(content.entropy)}`, reason];
}

function entropyWords(bits: number): string {
  return bits > 7.5 ? ', as of encrypted, compressed or random bytes' : '';
}

interface Answer {
  migration: MigrationAnswer;
  why: string;
}

/** This many pages of zeros are not a coincidence. */
const ENOUGH_PAGES = 64;

interface Totals {
  /** Bytes from the client and from the server. */
  sent: number;
  answered: number;
  content: Content;
}

function answerOf(flow: Flow, totals: Totals, options: StreamOptions): Answer {
  const { recognised } = flow;
  if (recognised?.migration === 'yes') return { migration: 'yes', why: 'QEMU’s stream was read in it' };
  if (flow.isProven) return { migration: 'yes', why: 'QEMU’s stream was read within the tunnel' };
  if (!recognised) {
    const isPages = !flow.hasBeginning && totals.content.zeroPages >= ENOUGH_PAGES;
    if (isPages) return { migration: 'likely', why: 'headers of QEMU’s memory pages were read in it' };
    return { migration: 'no', why: 'nothing of a migration was read in it' };
  }
  if (recognised.migration === 'no') return { migration: 'no', why: `it is ${recognised.details[0]}` };
  return protectedAnswer(flow, totals, options);
}

/** Ports of services with TLS of their own that are no hypervisors': HTTPS, mail, LDAP, DNS and their like. */
const OTHER_TLS: readonly number[] = [
  ...[443, 465, 563, 587, 636, 853, 989, 990, 992, 993, 995, 1443, 2376, 3269, 5061, 5671, 6443, 6514],
  ...[8443, 8883, 9443, 10_443],
];
/** Of the bytes, a migration sends nearly all one way. */
const ONE_WAY = 0.95;

/** The payload cannot be read, so that its ends, port and shape decide. */
function protectedAnswer(flow: Flow, { sent, answered }: Totals, { hosts }: StreamOptions): Answer {
  const most = Math.max(sent, answered);
  if (most < BULK_BYTES) return { migration: 'no', why: 'too little data for a migration' };
  if (most < ONE_WAY * (sent + answered))
    return { migration: 'no', why: 'as much data back as a migration never sends' };
  if (hosts && [flow.client, flow.server].every(end => hosts.has(endText(addressOf(end)))))
    return { migration: 'likely', why: 'protected bulk data one way between two of your hypervisors' };
  if (flow.recognised?.protocol !== 'tls')
    return { migration: 'no', why: 'protected: a copy of files through it looks the same as a migration' };
  if (sent < answered) return { migration: 'no', why: 'the side that connected receives, as in a download' };
  const port = portOf(flow.server);
  return OTHER_TLS.includes(port)
    ? { migration: 'no', why: `port ${port} is that of another service` }
    : { migration: 'likely', why: 'bulk data over TLS, one way from the side that connected' };
}
