import { unknownName } from '../../core/format/nearest-name.js';
import { printable } from '../../core/format/text.js';
import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { Store } from '../../recording/store.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const recordings: Command = {
  name: 'recordings',
  summary: 'list, show, rename, remove and annotate recordings',
  usage: '[list | names | show NAME | rename NAME NEW | remove NAME | note NAME TEXT… | forget NAME NUMBER]',
  flags: ['dir', 'json'],
  run,
};

/** The actions: how many words follow each, and its usage. */
const ACTIONS: Record<string, { min: number; max: number; usage: string }> = {
  list: { min: 0, max: 0, usage: 'list' },
  names: { min: 0, max: 0, usage: 'names (one a line)' },
  show: { min: 1, max: 1, usage: 'show NAME' },
  rename: { min: 2, max: 2, usage: 'rename NAME NEW' },
  remove: { min: 1, max: 1, usage: 'remove NAME' },
  note: { min: 2, max: Infinity, usage: 'note NAME TEXT…' },
  forget: { min: 2, max: 2, usage: 'forget NAME NUMBER (of the note)' },
};

async function run(
  { words: [action = 'list', ...words], flags }: CommandLine,
  io: SessionIo,
): Promise<number> {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action]! : undefined;
  if (!known)
    throw new UsageError(unknownName('action of migwatch recordings', action, Object.keys(ACTIONS)).message);
  if (words.length < known.min || words.length > known.max)
    throw new UsageError(`write migwatch recordings ${known.usage}`);
  const [{ Store }, { recordingsFolder }] = await Promise.all([
    import('../../recording/store.js'),
    import('../../recording/folder.js'),
  ]);
  const store = new Store(recordingsFolder(flags.dir as string | undefined));
  const text = await asUsage(() => act(store, action, words, flags.json === true));
  for (const notice of store.notices) io.say(notice);
  const { openDestination } = await import('../../output/destination.js');
  await openDestination().fill(write => write(text));
  return CODES.done;
}

async function act(store: Store, action: string, words: readonly string[], json: boolean): Promise<string> {
  const [name = '', ...rest] = words;
  const [{ catalogueText, entryText }, { safeJson }] = await Promise.all([
    import('../../output/catalogue.js'),
    import('../../core/format/safe-json.js'),
  ]);
  switch (action) {
    case 'list': {
      const entries = await store.list();
      return json ? `${safeJson(entries)}\n` : catalogueText(entries, store.folder);
    }
    case 'names':
      return store
        .names()
        .filter(each => printable(each) === each && !each.startsWith('-'))
        .map(each => `${each}\n`)
        .join('');
    case 'rename':
      await store.rename(name, rest[0]!);
      return '';
    case 'remove': {
      const { path, notes } = await store.show(name);
      const { confirmed } = await import('../../system/confirm.js');
      const more =
        notes.length > 0 ? ` and ${notes.length === 1 ? 'its note' : `its ${notes.length} notes`}` : '';
      if (!(await confirmed(`remove ${printable(path)}${more}?`))) return 'nothing was removed\n';
      await store.remove(name);
      return '';
    }
    case 'forget':
      await store.removeNote(name, Number(rest[0]) - 1);
      break;
    case 'note':
      await store.note(name, rest.join(' '));
  }
  const entry = await store.show(name);
  return json ? `${safeJson(entry)}\n` : entryText(entry);
}
