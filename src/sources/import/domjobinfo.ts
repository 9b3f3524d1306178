import { statSync } from 'node:fs';
import { libvirtJob } from '../../core/hypervisor/libvirt-job.js';
import type { Millis } from '../../core/sample.js';
import { HypervisorReader, type LineParser, type Reported } from './hypervisor-log.js';
import { withStamp } from './line-stamp.js';
import { linesOf } from './lines.js';
import type { LogFormat } from './log.js';
import { readTime } from './series-fields.js';

const BEGINS = /^Job type:/;
const FIELD = /^\w[\w /-]{0,40}:/;
/** Lines of figures that one result may have. */
const MAX_FIGURES = 100;
const NO_MOMENT =
  'a result without a moment: put a line with its time before it, such as the output of date -Is';

/**
 * The text of `virsh domjobinfo --completed`, perhaps several one after the other. It has no time, which comes from a line
 * before it (`date -Is`), or from the stamps that another program put before its lines. A single result without either has the
 * time at which the file was written.
 */
function parser(writtenAt: Millis | undefined): LineParser {
  let momentAt: Millis | undefined;
  let result: { at: Millis | undefined; lines: string[] } | undefined;
  const taken = (): Reported | string | undefined => {
    const job = result && libvirtJob(result.lines);
    const at = result?.at ?? writtenAt;
    result = undefined;
    if (!job) return undefined;
    if (at === undefined) return NO_MOMENT;
    return { at, outcomes: [{ kind: 'job', direction: job.direction ?? 'outgoing', ...job.figures }] };
  };
  return text => {
    const { stampMs, rest } = withStamp(text) ?? { stampMs: undefined, rest: text.trim() };
    if (result && FIELD.test(rest) && !BEGINS.test(rest)) {
      if (result.lines.length < MAX_FIGURES) result.lines.push(rest);
      return undefined;
    }
    const done = taken();
    if (BEGINS.test(rest)) {
      result = { at: stampMs ?? momentAt, lines: [rest] };
      momentAt = undefined;
      return done;
    }
    if (rest === '') return done;
    momentAt = readTime(rest) ?? momentAt;
    return done ?? (readTime(rest) === undefined ? 'not understood' : undefined);
  };
}

/** When the file of a single result was written; undefined for several, and for standard input. */
function writtenAt(path: string): Millis | undefined {
  if (path === '-') return undefined;
  let results = 0;
  for (const { text } of linesOf(path)) if (BEGINS.test(text)) results++;
  return results === 1 ? statSync(path).mtimeMs : undefined;
}

export const domjobinfo: LogFormat = {
  name: 'domjobinfo',
  summary: 'the text of virsh domjobinfo --completed',
  kinds: ['job'],
  example: 'Job type:         Completed',
  fits: text => BEGINS.test(withStamp(text)?.rest ?? text),
  open: (settings, path) => new HypervisorReader('virsh', settings, parser(writtenAt(path))),
};
