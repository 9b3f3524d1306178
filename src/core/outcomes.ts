import {
  type Check,
  isCount,
  isDuration,
  isMoment,
  isOneOf,
  isOptional,
  isText,
  isTruth,
  type Shape,
} from './validation/shape.js';
import { MIGRATION_ANSWERS, PROTECTIONS } from './wire/answers.js';

/** The source of evidence: echo replies, the guest's clock, announcements on the segment, a viewer, the hypervisor, the network, or our own side. */
export type EvidenceWitness = 'echo' | 'clock' | 'announce' | 'stream' | 'hypervisor' | 'wire' | 'prober';

/** How a field can be stored: a choice is one of its examples. */
export type FieldType = 'number' | 'truth' | 'choice' | 'text';

/** One field of an outcome. */
export interface Field<Value, Needed extends boolean = boolean> {
  type: FieldType;
  /** Present in every outcome of the kind. */
  required: Needed;
  /** `ms` for times and durations; `bytes` and rates as the hypervisor reports them. */
  unit?: 'ms' | 'bytes' | 'Mbit/s' | 'pages/s' | '%';
  /** Whether a value is of the type and in the range of the field. */
  check: Check;
  /** Valid values, the extremes included; of a choice, all. */
  examples: readonly Value[];
  /** What the value means, for people. */
  help: string;
}

/** The definition of one kind of outcome. */
interface OutcomeSpec {
  help: string;
  /** The witness that an outcome of this kind comes from. */
  witness: EvidenceWitness;
  fields: Record<string, Field<unknown>>;
}

const LONGEST_EXAMPLE_MS = 1e12;

/** MigrationStatus of QAPI, without `none`. */
const JOB_STATUS = [
  ...(['active', 'setup', 'pre-switchover', 'device', 'wait-unplug', 'colo'] as const),
  ...(['postcopy-active', 'postcopy-paused', 'postcopy-recover', 'cancelling'] as const),
  ...(['completed', 'failed', 'cancelled'] as const),
] as const;

const duration = (help: string): Field<number, true> => ({
  ...{
    type: 'number',
    required: true,
    unit: 'ms',
    check: isDuration,
    examples: [1, 0, LONGEST_EXAMPLE_MS],
    help,
  },
});
const difference = (help: string): Field<number, true> => ({
  ...{
    type: 'number',
    required: true,
    unit: 'ms',
    check: isMoment,
    examples: [-7, 0, LONGEST_EXAMPLE_MS],
    help,
  },
});
const moment = (help: string): Field<number, true> => ({
  ...difference(help),
  examples: [1_700_000_000_000, 0, LONGEST_EXAMPLE_MS],
});
const count = (help: string): Field<number, true> => ({
  ...{ type: 'number', required: true, check: isCount, examples: [1, 0, 255], help },
});
const bytes = (help: string): Field<number, true> => ({ ...count(help), unit: 'bytes' });
const rate = (unit: 'Mbit/s' | 'pages/s' | '%', help: string): Field<number, true> => ({
  ...{ type: 'number', required: true, unit, check: isDuration, examples: [1, 0, 255.5], help },
});
const truth = (help: string): Field<boolean, true> => ({
  ...{ type: 'truth', required: true, check: isTruth, examples: [true, false], help },
});
const text = (help: string, ...examples: readonly string[]): Field<string, true> => ({
  ...{ type: 'text', required: true, check: isText, examples, help },
});
const choice = <const Values extends readonly (string | true)[]>(
  help: string,
  ...values: Values
): Field<Values[number], true> => ({
  ...{ type: 'choice', required: true, check: isOneOf(...values), examples: values, help },
});
const optional = <Value>(field: Field<Value, true>): Field<Value, false> => ({
  ...field,
  required: false,
  check: isOptional(field.check),
});

/**
 * The outcomes of a probe: every kind once, with its fields in the order in which they are written. Types, the
 * detector contract, checks of rows, lines and imported logs, the batches of a probing thread and the columns of CSV
 * derive from this table. One probe may have several outcomes: overdue, then lost, then a late reply.
 */
export const OUTCOMES = {
  reply: {
    help: 'an answer; a refused TCP connection is one too, since the host is alive',
    witness: 'echo',
    fields: {
      rttMs: duration('the round-trip time'),
      ttl: optional(count('the TTL, or hop limit, of the answer')),
      late: optional(choice('it came after the timeout', true)),
      stamp: optional(
        choice(
          'what took the two time stamps, best first: the kernel both, the kernel that of the answer, or this program both',
          'kernel',
          'kernel-rx',
          'user',
        ),
      ),
    },
  },
  overdue: {
    help: 'no answer at a provisional age: evidence before the timeout',
    witness: 'echo',
    fields: { waitedMs: duration('the age of the probe') },
  },
  lost: {
    help: 'no answer within the timeout, or an error instead of one',
    witness: 'echo',
    fields: {
      reason: choice('why', 'timeout', 'unreachable'),
      from: optional(text('the router that reported the error', '192.0.2.1', '')),
    },
  },
  unsent: {
    help: 'the probe did not leave this machine: evidence about this machine, not about the target',
    witness: 'prober',
    fields: { reason: text('the error of the system', 'EPERM', '') },
  },
  duplicate: {
    help: 'a second answer to the same probe',
    witness: 'echo',
    fields: { rttMs: duration('the round-trip time of the second answer') },
  },
  foreign: {
    help: 'an answer with the right token from another address than the probed one',
    witness: 'echo',
    fields: { from: text('the address of the answer', '192.0.2.9', '') },
  },
  clock: {
    help: 'a reading of the guest’s clock',
    witness: 'clock',
    fields: {
      offsetMs: difference(
        'guest clock minus ours in the middle of the round trip; the zero point of a `tcp` clock is arbitrary, so only its changes count',
      ),
      rttMs: duration('the round-trip time of the reading'),
      via: choice(
        'an ICMP timestamp reply (RFC 792), the TCP timestamp of a SYN-ACK (RFC 7323), an NTP reply (RFC 5905), or the `Date` of HTTP replies on both sides of a tick (RFC 9110); the clocks of `icmp`, `ntp` and `http` show the time of day, that of `tcp` is monotonic',
        'icmp',
        'tcp',
        'ntp',
        'http',
      ),
      errorMs: optional(
        duration(
          'the reading is at most this far off, where the prober states it; half the width of its error',
        ),
      ),
    },
  },
  announce: {
    help: 'a frame on our segment that announces where the target is',
    witness: 'announce',
    fields: {
      via: choice(
        'ARP (RFC 826), reverse ARP (RFC 903), or an IPv6 neighbour advertisement (RFC 4861)',
        'arp',
        'rarp',
        'advertisement',
      ),
      mac: text('the announced hardware address', '52:54:00:12:34:56', ''),
      gratuitous: truth('nobody asked for it'),
    },
  },
  playback: {
    help: 'the state of a viewer that plays a stream of the target, a few times a second',
    witness: 'stream',
    fields: {
      state: choice(
        '`starting`: has not played yet; `stalled`: the buffer ran dry, and the player waits for enough media to go on',
        'starting',
        'playing',
        'stalled',
      ),
      bufferMs: duration('media in the buffer, as playing time'),
      lowestMs: duration('the lowest buffer since the previous report'),
      stalls: count('stalls since the player began'),
      stalledMs: duration('their total length'),
      trouble: optional(
        text('why the stream does not arrive, such as `HTTP 404`; absent while it arrives', 'HTTP 404'),
      ),
    },
  },
  domain: {
    help: 'what a hypervisor reports about the domain that is the target: at the beginning, on changes, and every few seconds',
    witness: 'hypervisor',
    fields: {
      host: text('the connection, as `--hypervisor` names it', 'qmp:/run/vm.qmp', ''),
      link: choice(
        '`up`: the connection answered this exchange; `down`: it was cut, refused or silent',
        'up',
        'down',
      ),
      status: text(
        'QMP: the RunState of `query-status`; libvirt: the state of `dominfo`; empty if the connection is down',
        'running',
        '',
      ),
      event: optional(
        text('the event that it reported, such as `STOP`, `RESUME` or `Suspended Migrated`', 'STOP'),
      ),
      eventAt: optional({
        ...difference('when, by the clock that stamped the event, in milliseconds since 1970'),
        examples: [1_700_000_000_000, 0, LONGEST_EXAMPLE_MS],
      }),
      offsetMs: optional(
        difference('the clock that stamps the events minus ours, in the middle of its bounds'),
      ),
      errorMs: optional(duration('half the distance of these bounds')),
      trouble: optional(text('why the connection is down', 'ECONNREFUSED')),
    },
  },
  job: {
    help: 'a migration as a hypervisor reports it: several times a second while it runs, and its result. Names and units are those of QMP’s `query-migrate`; libvirt’s `domjobinfo` is converted',
    witness: 'hypervisor',
    fields: {
      host: text('the connection, as `--hypervisor` names it', 'qmp:/run/vm.qmp', ''),
      direction: choice('the domain leaves this hypervisor or arrives there', 'outgoing', 'incoming'),
      status: choice('the phase: MigrationStatus of QAPI', ...JOB_STATUS),
      'total-time': optional(duration('since the start, or of the whole; libvirt: `time_elapsed`')),
      'setup-time': optional(duration('of the phase `setup`; libvirt: `setup_time`')),
      downtime: optional(duration('for which the guest was stopped, after success; libvirt: `downtime`')),
      downtime_net: optional(
        duration('libvirt: the same less the difference of the hosts’ clocks, as libvirt estimates it'),
      ),
      'expected-downtime': optional(duration('if the guest were stopped now')),
      transferred: optional(bytes('sent of the memory; libvirt: `memory_processed`')),
      remaining: optional(bytes('of the memory still to send; libvirt: `memory_remaining`')),
      total: optional(bytes('size of the memory; libvirt: `memory_total`')),
      mbps: optional(rate('Mbit/s', 'throughput; libvirt: `memory_bps`, which is bytes a second')),
      'dirty-pages-rate': optional(
        rate('pages/s', 'pages that the guest dirties; libvirt: `memory_dirty_rate`'),
      ),
      'page-size': optional(bytes('of one page; libvirt: `memory_page_size`')),
      'dirty-sync-count': optional(
        count('iterations: how often dirty pages were collected; libvirt: `memory_iteration`'),
      ),
      'cpu-throttle-percentage': optional(
        rate('%', 'how much the guest is slowed down to converge; libvirt: `auto_converge_throttle`'),
      ),
      'postcopy-requests': optional(
        count('pages that the guest had to wait for; libvirt: `memory_postcopy_requests`'),
      ),
      transport: optional(
        choice(
          '`tls`: QEMU’s `tls-creds` encrypt the stream; `clear`: they do not, and no tunnel of libvirt carries it; absent: unknown, since libvirt does not report it',
          'clear',
          'tls',
        ),
      ),
      'error-desc': optional(text('why it failed', 'Unable to write to socket')),
    },
  },
  flow: {
    help: 'a stream on the network that `--wire` captured, once it is over. It belongs to the session: its target is the first one, and its times are its own',
    witness: 'wire',
    fields: {
      from: text('the sender of most bytes', '10.0.0.1:49152', ''),
      to: text('its peer', '10.0.0.2:49152', ''),
      startedAt: moment('its first packet, in milliseconds since 1970'),
      endedAt: moment('its last data, in milliseconds since 1970'),
      bytes: bytes('from `from` to `to`, without headers of TCP and below'),
      backBytes: bytes('the other way'),
      channels: count('connections'),
      protocol: text('as recognised, such as `qemu`, or `unknown`', 'qemu', ''),
      protection: choice('how its content is protected', ...PROTECTIONS),
      migration: choice(
        '`yes`: read in the stream; `likely`: protected, with the ends, port and shape of a migration; `no`: neither',
        ...MIGRATION_ANSWERS,
      ),
      why: text('the reason for `migration`', 'QEMU’s stream was read in it', ''),
      details: optional(text('what was read in it, such as the machine type or the cipher', 'TLS 1.3')),
      canary: optional(count('how often the text of `--canary` was found')),
    },
  },
} as const satisfies Record<string, OutcomeSpec>;

type Table = typeof OUTCOMES;
export type OutcomeKind = keyof Table;

type ValueOf<Of> = Of extends Field<infer Value> ? Value : never;
type RequiredFields<Fields> = {
  -readonly [Name in keyof Fields as Fields[Name] extends Field<unknown, true> ? Name : never]: ValueOf<
    Fields[Name]
  >;
};
type OptionalFields<Fields> = {
  -readonly [Name in keyof Fields as Fields[Name] extends Field<unknown, true> ? never : Name]?: ValueOf<
    Fields[Name]
  >;
};
type FieldsOf<Kind extends OutcomeKind> = RequiredFields<Table[Kind]['fields']> &
  OptionalFields<Table[Kind]['fields']>;

/** The outcome of a probe. */
export type Outcome = { [Kind in OutcomeKind]: { kind: Kind } & FieldsOf<Kind> }[OutcomeKind];
/** The fields of a player's report; see `probes/stream/player.ts`. Whole milliseconds. */
export type Playback = FieldsOf<'playback'>;
export type PlaybackState = Playback['state'];
/** What a hypervisor reports about a domain, and about a migration. */
export type DomainReport = FieldsOf<'domain'>;
export type JobReport = FieldsOf<'job'>;
export type FlowReport = FieldsOf<'flow'>;
export type JobStatus = JobReport['status'];
export type ClockVia = FieldsOf<'clock'>['via'];
export type AnnounceVia = FieldsOf<'announce'>['via'];
export type Stamp = NonNullable<FieldsOf<'reply'>['stamp']>;

/** In the order of preference: where several clocks of a target are read, the first of these. */
export const CLOCK_VIAS: readonly ClockVia[] = OUTCOMES.clock.fields.via.examples;
export const JOB_STATUSES: readonly JobStatus[] = JOB_STATUS;
export const TRANSPORTS: readonly NonNullable<JobReport['transport']>[] =
  OUTCOMES.job.fields.transport.examples;
/** In the order of the table. */
export const PLAYBACK_STATES = OUTCOMES.playback.fields.state.examples;

export const OUTCOME_KINDS = Object.keys(OUTCOMES) as readonly OutcomeKind[];

/** The check of every field, by kind. */
export const OUTCOME_SHAPES = Object.fromEntries(
  OUTCOME_KINDS.map(kind => [kind, shapeOf(fieldsOf(kind))]),
) as Record<OutcomeKind, Shape>;

/** The fields of a kind, in the order of the table. */
export function fieldsOf(kind: OutcomeKind): Readonly<Record<string, Field<unknown>>> {
  return OUTCOMES[kind].fields;
}

/** Valid outcomes of a kind: with every example of every field, and without the optional ones. */
export function examplesOf(kind: OutcomeKind): Outcome[] {
  const fields = Object.entries(fieldsOf(kind));
  const most = Math.max(...fields.map(([, { examples }]) => examples.length));
  const outcomeWith = (given: typeof fields, index: number) =>
    ({
      kind,
      ...Object.fromEntries(given.map(([name, { examples }]) => [name, examples[index % examples.length]])),
    }) as Outcome;
  return [
    ...Array.from({ length: most }, (_, index) => outcomeWith(fields, index)),
    outcomeWith(
      fields.filter(([, { required }]) => required),
      0,
    ),
  ];
}

function shapeOf(fields: Readonly<Record<string, Field<unknown>>>): Shape {
  return Object.fromEntries(Object.entries(fields).map(([name, { check }]) => [name, check]));
}
