import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import { isRecord } from '../../core/validation/shape.js';
import { withStamp } from './line-stamp.js';
import { isStamp } from './stamp.js';

/** Characters of a note. */
const MAX_TEXT = 500;
/** A field of journald's export format. */
const FIELD = /^([A-Z_][A-Z0-9_]{0,63})=(.*)$/;
const STAMP_FIELDS = ['_SOURCE_REALTIME_TIMESTAMP', '__REALTIME_TIMESTAMP'];
const MAX_FIELDS = 200;
const JOURNAL_BEGINS = /^__CURSOR=/;

/**
 * Reads notes from the lines of any log: `journalctl -o export` or `-o json`; or lines that begin with a moment, such as those
 * of libvirt, QEMU, Proxmox and a syslog with ISO times. A moment without a zone is UTC.
 */
export class NoteLines {
  /** Lines without a moment. */
  undated = 0;
  /** The fields of the present entry of a journal in export format. */
  private entry: Map<string, string> | undefined;

  /** The notes that end with this line. */
  read(line: string): Note[] {
    if (JOURNAL_BEGINS.test(line)) this.entry = new Map();
    if (this.entry) return this.journal(this.entry, line);
    if (line.trim() === '') return [];
    return this.dated(line.startsWith('{') ? jsonNote(line) : lineNote(line));
  }

  end(): Note[] {
    return this.entry ? this.journal(this.entry, '') : [];
  }

  private journal(entry: Map<string, string>, line: string): Note[] {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name !== undefined && entry.size < MAX_FIELDS) entry.set(name, value!);
    if (line !== '' || entry.size === 0) return [];
    this.entry = undefined;
    return this.dated(fieldsNote(Object.fromEntries(entry)));
  }

  private dated(note: Note | undefined): Note[] {
    if (!note) this.undated++;
    return note ? [note] : [];
  }
}

function lineNote(line: string): Note | undefined {
  const { stampMs, rest = '' } = withStamp(line) ?? {};
  return noteOf(stampMs, rest);
}

function jsonNote(line: string): Note | undefined {
  try {
    const fields: unknown = JSON.parse(line);
    return isRecord(fields) ? fieldsNote(fields as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // counted as undated
  }
}

/** An entry of a journal. Text that is not UTF-8 is a list of bytes. */
function fieldsNote(fields: Record<string, unknown>): Note | undefined {
  const stamp = STAMP_FIELDS.map(name => fields[name]).find(value => value !== undefined);
  const { MESSAGE: message, SYSLOG_IDENTIFIER: program } = fields;
  const text = Array.isArray(message) ? Buffer.from(message as number[]).toString() : String(message ?? '');
  return noteOf(Number(stamp) / 1000, typeof program === 'string' ? `${program}: ${text}` : text);
}

function noteOf(at: Millis | undefined, text: string): Note | undefined {
  const trimmed = text.trim().slice(0, MAX_TEXT);
  return at !== undefined && isStamp(at) && trimmed !== '' ? { at, text: trimmed } : undefined;
}
