import { arch, platform, userInfo } from 'node:os';
import { backends, witnesses } from '../../probes/index.js';
import { privilegedProcess } from '../../probes/privileged/client.js';
import type { Backend, Permission } from '../../probes/prober.js';
import { printable } from '../core/format/text.js';
import { dashboardRefusal, prefersAscii } from '../system/terminal.js';
import { version } from '../system/version.js';

/**
 * What this machine allows, in words, each refusal with the line that mends it. `remark` is what there is to say of the
 * rights that we were started with.
 */
export async function doctor(remark: string | undefined): Promise<string> {
  const [reports, beside] = await Promise.all([
    Promise.all(backends.map(reportOn)),
    Promise.all(witnesses.map(reportOn)),
  ]);
  return [
    `migwatch ${version} on Node ${process.version}, ${platform()} ${arch()}, as ${printable(userInfo().username)}`,
    ...rights(remark),
    '',
    'Backends, in the order in which hosts are tried',
    ...reports.flat(),
    '',
    'Witnesses beside the echo',
    ...beside.flat(),
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
  const weaker = backend.forgeable ? [`${INDENT}weaker: ${backend.forgeable}`] : [];
  return [head, ...weaker, ...complaint(v4.allowed ? v6 : v4, backend)];
}

function complaint(permission: Permission, { needs }: Backend): string[] {
  if (permission.allowed) return [];
  const remedy = permission.remedy ? [`${INDENT}permit it: ${permission.remedy}`] : [];
  return [`${INDENT}needs ${needs}; ${permission.reason}`, ...remedy];
}

function rights(remark: string | undefined): string[] {
  if (privilegedProcess())
    return ['started by sudo: a process of its own opens raw sockets, all else runs without root'];
  return remark ? [remark] : [];
}

function terminal(): string[] {
  const refusal = dashboardRefusal(process.env, process.stdout);
  if (refusal) return [`  no   full screen    ${refusal}`];
  const { columns, rows } = process.stdout;
  const drawing = prefersAscii(process.env) ? 'ASCII, for want of a UTF-8 locale' : 'Unicode';
  return [
    `  yes  full screen    TERM=${printable(process.env.TERM ?? '')}, ${columns}x${rows}, drawn in ${drawing}`,
  ];
}
