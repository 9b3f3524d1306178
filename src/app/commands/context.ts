import { formatDuration, parseDuration } from '../../core/format/duration.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import { UsageError } from '../../core/validation/usage-error.js';
import type { Analysis } from '../../evaluation/analysis.js';
import { type OffsetProposal, proposeClockOffset, proposeOffset } from '../../evaluation/time-offset.js';
import type { FlagName, FlagValues } from '../../plan/flags.js';

/** The flags that add any log as context. */
export const CONTEXT_FLAGS = ['notes', 'time-offset'] as const satisfies readonly FlagName[];

/** Words of notes that are about what a VM or its hypervisor did. */
const MARK = /migrat|paus|resum|suspend|freez|stopp|reboot|reset|shut ?down|failover/i;

/** All notes of `--notes`; undefined without it. Throws for a file that holds none. */
export async function contextOf(
  { notes: path, 'time-offset': offset }: FlagValues,
  say: (text: string) => void,
): Promise<readonly Note[] | undefined> {
  if (path === undefined) {
    if (offset !== undefined)
      throw new UsageError(
        '--time-offset moves the times of --notes FILE: name the file. Only import moves the times of its logs',
      );
    return undefined;
  }
  const { readNoteLog } = await import('../../sources/import/note-log.js');
  const { notes, remarks } = readNoteLog(path as string, offsetOf(offset as string | undefined));
  for (const remark of remarks) say(remark);
  return notes;
}

/** Those of a recording's time, in the order of time. */
export async function contextWithin(
  all: readonly Note[] | undefined,
  { startedAt, endedAt }: { startedAt: Millis; endedAt: Millis },
  say: (text: string) => void,
): Promise<readonly Note[]> {
  if (!all) return [];
  const { notesWithin } = await import('../../sources/import/note-log.js');
  const { notes, remarks } = notesWithin(all, startedAt, endedAt);
  for (const remark of remarks) say(remark);
  return notes;
}

/** Proposes the offset at which the notes fit the events, if there is a better one. */
export function sayOffset(
  all: readonly Note[] | undefined,
  events: readonly { startedAt: Millis }[],
  say: (text: string) => void,
): void {
  const marks = (all ?? []).filter(({ text }) => MARK.test(text)).map(({ at }) => at);
  const proposal = proposeOffset(
    marks,
    events.map(({ startedAt }) => startedAt),
  );
  if (proposal) say(`the notes are about ${fit(proposal)}: --time-offset ${signed(proposal.offsetMs)}`);
}

/** Proposes by how much the times of a recording should be moved so that it shows the events of an earlier one. */
export function sayClockOffsets(analyses: readonly Analysis[], say: (text: string) => void): void {
  for (const [index, analysis] of analyses.entries())
    for (const earlier of analyses.slice(0, index)) {
      const [own, reference] = [momentsOf(analysis), momentsOf(earlier)];
      const intervalMs = Math.max(analysis.header.plan.intervalMs, earlier.header.plan.intervalMs);
      const proposal = proposeClockOffset(own, reference, intervalMs);
      if (!proposal) continue;
      const { matched, of, now, offsetMs, errorMs } = proposal;
      const [error, moved] = [Math.max(1, Math.ceil(errorMs)), Math.round(offsetMs)];
      const by = `${moved < 0 ? '-' : '+'}${Math.abs(moved)}ms`;
      say(
        `${analysis.path}: ${matched} of ${of} events are also in ${earlier.path}, within ${error} ms, if its times are moved by ${by}; ${now} are without. Nothing was moved: if it is an imported log, import it with --time-offset ${by}`,
      );
      break;
    }
}

function momentsOf({ judgements }: Analysis) {
  return judgements.at(-1)!.events.map(({ startedAt: at, target }) => ({ at, target }));
}

function fit({ matched, of, offsetMs }: OffsetProposal): string {
  return `${matched} of ${of} events if their times are moved by ${signed(offsetMs)}`;
}

function signed(ms: Millis): string {
  return `${ms < 0 ? '-' : '+'}${formatDuration(Math.abs(ms))}`;
}

export function offsetOf(text: string | undefined): Millis {
  if (text === undefined) return 0;
  const [, sign, duration] = /^([+-]?)(.+)$/.exec(text)!;
  return (sign === '-' ? -1 : 1) * parseDuration(duration!);
}
