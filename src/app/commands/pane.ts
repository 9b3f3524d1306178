import type { SessionIo } from '../../session/io.js';
import type { CommandLine } from '../command-line.js';
import type { Command } from './command.js';
import { watch, watchOn } from './watch.js';

/** What means something only on a whole screen, or without any. */
const NOT_HERE: readonly string[] = ['headless', 'samples', 'notes', 'mouse'];

export const pane: Command = {
  name: 'pane',
  summary: 'a few lines that stay in place, for a small tmux pane; events scroll into its history',
  usage: 'TARGET…',
  rootFor: 'sockets',
  flags: watch.flags.filter(name => !NOT_HERE.includes(name)),
  run: (line: CommandLine, io: SessionIo) => watchOn('pane', line, io),
};
