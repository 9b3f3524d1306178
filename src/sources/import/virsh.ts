import { libvirtJob } from '../../core/hypervisor/libvirt-job.js';
import { statusAfter, virshEvent } from '../../core/hypervisor/virsh-event.js';
import { domainAt, HypervisorReader, type LineParser, type Reported } from './hypervisor-log.js';
import { linesOf } from './lines.js';
import type { LogFormat } from './log.js';

/** Lines of figures that a `job-completed` may have. */
const MAX_FIGURES = 100;

/** `virsh event --all --loop --timestamp`: of the domain with the target's name, or of the only one. */
function parser(domain: string | undefined): LineParser {
  let status = '';
  let completed: { at: number; lines: string[] } | undefined;
  const result = (): Reported | undefined => {
    const job = completed && libvirtJob(completed.lines);
    if (!completed || !job) return undefined;
    const { direction = 'outgoing', figures } = job;
    return { at: completed.at, outcomes: [{ kind: 'job', direction, ...figures }] };
  };
  return text => {
    if (completed && /^\s*\w+: \S/.test(text) && completed.lines.length < MAX_FIGURES) {
      completed.lines.push(text);
      return undefined;
    }
    const done = result();
    completed = undefined;
    const event = virshEvent(text);
    if (!event) return done ?? (text.trim() === '' ? undefined : 'not understood');
    if (event.domain !== domain) return done ?? 'an event of another domain';
    const { at, name, detail } = event;
    if (name === 'job-completed') completed = { at, lines: [] };
    const active = { kind: 'job', direction: 'outgoing', status: 'active' } as const;
    // The result of an attempt that failed comes right before the first iteration of the next.
    if (name === 'migration-iteration') return { at, outcomes: [...(done?.outcomes ?? []), active] };
    if (name !== 'lifecycle') return done;
    status = statusAfter(detail) ?? status;
    const arrived = detail === 'Resumed Migrated';
    const job = { kind: 'job', direction: 'incoming', status: 'completed' } as const;
    return { at, outcomes: [domainAt(status, detail), ...(arrived ? [job] : []), ...(done?.outcomes ?? [])] };
  };
}

function domainIn(path: string, target: string): string | undefined {
  const names = new Set<string>();
  for (const { text } of linesOf(path)) {
    const event = virshEvent(text);
    if (event) names.add(event.domain);
  }
  return names.has(target) || names.size !== 1 ? target : [...names][0];
}

export const virsh: LogFormat = {
  name: 'virsh',
  summary: 'virsh event --all --loop --timestamp',
  kinds: ['job', 'domain'],
  example: `2026-11-21 22:57:21.901+0000: event 'job-completed' for domain 'web':`,
  fits: text => virshEvent(text) !== undefined,
  open: (settings, path) => new HypervisorReader('virsh', settings, parser(domainIn(path, settings.target))),
};
