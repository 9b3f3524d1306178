import { arch, platform, userInfo } from 'node:os';
import { backends, witnesses } from '../../probes/index.js';
import { privilegedProcess } from '../../probes/privileged/client.js';
import type { Backend, Permission } from '../../probes/prober.js';
import { printable } from '../core/format/text.js';
import { dashboardRefusal, prefersAscii } from '../system/terminal.js';
import { version } from '../system/version.js';

/**
 * A text of what this machine allows, with the command that fixes what is missing. `remark` is about the rights that the
 * process was started with.
 */
export async function doctor(remark: string | undefined): Promise<string> {
  const [backendReports, witnessReports] = await Promise.all([
    Promise.all(backends.map(reportOn)),
    Promise.all(witnesses.map(reportOn)),
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
    'Terminal',
    ...terminal(),
    '',
  ].join('\n');
}

const INDENT = ' '.repeat(22);

async function reportOn(backend: Backend): Promise<string[]> {
  const [v4, v6] = [await backend.check(4), await backend.check(6)];
  const families = [v4.allowed && 'IPv4', v6.allowed && 'IPv6'].filter(Boolean).join(' and ');
  const head = `  ${families ? 'yes' : 'no '}  ${backend.name.padEnd(14)} ${backend.summary}${v4.allowed !== v6.allowed ? ` (${families} only)` : ''}`;
  const weakness = backend.forgeable ? [`${INDENT}weaker: ${backend.forgeable}`] : [];
  return [head, ...weakness, ...fixFor(v4.allowed ? v6 : v4, backend)];
}

function fixFor(permission: Permission, { needs }: Backend): string[] {
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
