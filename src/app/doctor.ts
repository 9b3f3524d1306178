import { arch, platform, userInfo } from 'node:os';
import { announce } from '../../probes/announce.js';
import { clock } from '../../probes/clock.js';
import type { HypervisorBackend } from '../../probes/hypervisor/backend.js';
import { hypervisors } from '../../probes/hypervisor/index.js';
import { backends, witnesses } from '../../probes/index.js';
import { privilegedProcess } from '../../probes/privileged/client.js';
import type { Backend, Permission } from '../../probes/prober.js';
import { captureCheck } from '../../probes/wire/tcpdump.js';
import { capabilitiesOf } from '../core/capabilities.js';
import { parseDuration } from '../core/format/duration.js';
import { printable } from '../core/format/text.js';
import { flagNamed } from '../plan/flags.js';
import { dashboardRefusal, prefersAscii } from '../system/terminal.js';
import { version } from '../system/version.js';

/**
 * A text of what this machine allows, with the command that fixes what is missing. `remark` is about the rights that the
 * process was started with.
 */
export async function doctor(remark: string | undefined): Promise<string> {
  const [backendReports, witnessReports, hypervisorReports] = await Promise.all([
    Promise.all(backends.map(reportOn)),
    Promise.all(witnesses.map(reportOn)),
    Promise.all(hypervisors.map(reportOnHypervisor)),
  ]);
  return [
    `migwatch ${version} on Node ${process.version}, ${platform()} ${arch()}, as ${printable(userInfo().username)}`,
    ...rights(remark),
    '',
    'Backends: the first one that says yes is used',
    ...backendReports.flat(),
    '',
    'Witnesses: signals besides the echo, used where it says yes',
    ...witnessReports.flat(),
    '',
    'Hypervisors: what they report, where --hypervisor names one; read-only',
    ...hypervisorReports.flat(),
    '',
    'Network: migration streams, where --wire or migwatch wire names an interface',
    ...wireReport(),
    '',
    ...(await reports()),
    '',
    'Terminal',
    ...terminal(),
    '',
  ].join('\n');
}

/** Where a target may be: what can be known there, and the witnesses that can see it. */
const DEFAULT_INTERVAL_MS = parseDuration(flagNamed('interval')!.default!);

const PLACES = [
  { place: 'on the segment of this machine', sees: [clock, announce] },
  { place: 'behind a router', sees: [clock] },
];

/** What can be reported about targets that answer, with what is permitted here. */
async function reports(): Promise<string[]> {
  const lines = await Promise.all(
    PLACES.map(async ({ place, sees }) => {
      const permitted = await Promise.all(sees.map(witness => witness.check(4)));
      const names = ['echo', ...sees.filter((_, index) => permitted[index]!.allowed).map(({ name }) => name)];
      const { can, cannot } = capabilitiesOf(names, DEFAULT_INTERVAL_MS);
      return [
        `  ${place}: ${names.join(', ')}`,
        ...can.map(text => `    +  ${text}`),
        ...cannot.map(text => `    -  cannot ${text}`),
      ];
    }),
  );
  return [
    'What can be reported about a target (+), and what cannot (-)',
    ...lines.flat(),
    '  without raw sockets, the clock can be read by --probe clock:ntp and --probe clock:http=URL',
  ];
}

const INDENT = ' '.repeat(22);

async function reportOn(backend: Backend): Promise<string[]> {
  const [v4, v6] = [await backend.check(4), await backend.check(6)];
  const families = [v4.allowed && 'IPv4', v6.allowed && 'IPv6'].filter(Boolean).join(' and ');
  const head = `  ${families ? 'yes' : 'no '}  ${backend.name.padEnd(14)} ${backend.summary}${v4.allowed !== v6.allowed ? ` (${families} only)` : ''}`;
  const weakness = backend.forgeable ? [`${INDENT}weaker: ${backend.forgeable}`] : [];
  return [head, ...weakness, ...fixFor(v4.allowed ? v6 : v4, backend)];
}

async function reportOnHypervisor(backend: HypervisorBackend): Promise<string[]> {
  const permission = await backend.check();
  const head = `  ${permission.allowed ? 'yes' : 'no '}  ${backend.name.padEnd(14)} ${backend.summary}`;
  return [head, `${INDENT}write ${backend.form}`, ...fixFor(permission, backend)];
}

const WIRE = {
  name: 'tcpdump',
  summary: 'captures streams: their ends, bytes and times, and how they travel',
  needs:
    'tcpdump, and root: whoever captures can read what crosses the interface, other people’s traffic too',
};

function wireReport(): string[] {
  const permission = captureCheck();
  const head = `  ${permission.allowed ? 'yes' : 'no '}  ${WIRE.name.padEnd(14)} ${WIRE.summary}`;
  const files = `${INDENT}captures in files can be read without any right: migwatch wire FILE.pcap`;
  return [head, files, ...fixFor(permission, WIRE)];
}

function fixFor(permission: Permission, { needs }: Pick<Backend, 'needs'>): string[] {
  if (permission.allowed) return [];
  const fix = permission.remedy ? [`${INDENT}fix: ${permission.remedy}`] : [];
  return [`${INDENT}needs ${needs}`, `${INDENT}here: ${permission.reason}`, ...fix];
}

function rights(remark: string | undefined): string[] {
  if (privilegedProcess())
    return ['started by sudo: a separate process opens raw sockets, everything else runs without root'];
  return remark ? [remark] : [];
}

function terminal(): string[] {
  const refusal = dashboardRefusal(process.env, process.stdout);
  if (refusal) return [`  no   full screen    ${refusal}`];
  const { columns, rows } = process.stdout;
  const drawing = prefersAscii(process.env) ? 'ASCII, since the locale is not UTF-8' : 'Unicode';
  return [
    `  yes  full screen    TERM=${printable(process.env.TERM ?? '')}, ${columns}x${rows}, drawn in ${drawing}`,
  ];
}
