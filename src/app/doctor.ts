import { arch, platform, userInfo } from 'node:os';
import { announce } from '../../probes/announce.js';
import { clock } from '../../probes/clock.js';
import type { HypervisorBackend } from '../../probes/hypervisor/backend.js';
import { privilegedProcess } from '../../probes/privileged/client.js';
import type { Backend, Permission } from '../../probes/prober.js';
import { captureCheck } from '../../probes/wire/tcpdump.js';
import { capabilitiesOf } from '../core/capabilities.js';
import { parseDuration } from '../core/format/duration.js';
import { printable } from '../core/format/text.js';
import { flagNamed } from '../plan/flags.js';
import { dashboardRefusal, prefersAscii } from '../system/terminal.js';
import { version } from '../system/version.js';
import { type Survey, type Surveyed, survey } from './abilities.js';

/**
 * A text of what this machine allows, with the command that fixes what is missing. `remark` is about the rights that the
 * process was started with.
 */
export async function doctor(remark: string | undefined): Promise<string> {
  const found = await survey();
  return [
    `migwatch ${version} on Node ${process.version}, ${platform()} ${arch()}, as ${printable(userInfo().username)}`,
    ...rights(remark),
    '',
    'Backends: the first one that says yes is used',
    ...found.backends.flatMap(reportOn),
    '',
    'Witnesses: signals besides the echo, used where it says yes',
    ...found.witnesses.flatMap(reportOn),
    '',
    'Hypervisors: what they report, where --hypervisor names one; read-only',
    ...found.hypervisors.flatMap(reportOnHypervisor),
    '',
    'Network: migration streams, where --wire or migwatch wire names an interface',
    ...wireReport(),
    '',
    ...reports(found),
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
function reports({ witnesses }: Survey): string[] {
  const permitted = witnesses.filter(({ v4 }) => v4.allowed).map(({ tried }) => tried);
  const lines = PLACES.map(({ place, sees }) => {
    const names = ['echo', ...sees.filter(each => permitted.includes(each)).map(({ name }) => name)];
    const { can, cannot } = capabilitiesOf(names, DEFAULT_INTERVAL_MS);
    return [
      `  ${place}: ${names.join(', ')}`,
      ...can.map(text => `    +  ${text}`),
      ...cannot.map(text => `    -  cannot ${text}`),
    ];
  });
  return [
    'What can be reported about a target (+), and what cannot (-)',
    ...lines.flat(),
    '  without raw sockets, the clock can be read by --probe clock:ntp and --probe clock:http=URL',
  ];
}

const INDENT = ' '.repeat(22);

function reportOn({ tried: backend, v4, v6 }: Surveyed<Backend>): string[] {
  const families = [v4.allowed && 'IPv4', v6.allowed && 'IPv6'].filter(Boolean).join(' and ');
  const head = `  ${families ? 'yes' : 'no '}  ${backend.name.padEnd(14)} ${backend.summary}${v4.allowed !== v6.allowed ? ` (${families} only)` : ''}`;
  const weakness = backend.forgeable ? [`${INDENT}weaker: ${backend.forgeable}`] : [];
  return [head, ...weakness, ...fixFor(v4.allowed ? v6 : v4, backend)];
}

function reportOnHypervisor({ tried: backend, v4: permission }: Surveyed<HypervisorBackend>): string[] {
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
  const files = `${INDENT}no right is needed for a capture file: migwatch wire FILE.pcap`;
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
