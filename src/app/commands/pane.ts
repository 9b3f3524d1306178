import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import type { Command } from './command.js';
import { watch, watchOn } from './watch.js';

/** Flags that make sense only on a full screen, or without a screen. */
const EXCLUDED: readonly string[] = ['headless', 'samples', 'notes', 'mouse'];

export const pane: Command = {
  name: 'pane',
  summary: 'compact inline view for a small tmux pane; events scroll into its history',
  usage: 'TARGET…',
  rootFor: 'sockets',
  flags: [...watch.flags.filter(name => !EXCLUDED.includes(name)), 'line'],
  run: (line: CommandLine, io: SessionIo) => watchOn(line.flags.line ? 'line' : 'pane', line, io),
};
