import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const man: Command = {
  name: 'man',
  summary: 'print the manual page: migwatch man | man -l -',
  usage: '',
  flags: [],
  run: async ({ commands }, io) => {
    const [{ manPage }, { detectors }, { version }] = await Promise.all([
      import('../help/man.js'),
      import('../../../detectors/index.js'),
      import('../../system/version.js'),
    ]);
    io.write(manPage(version, detectors, commands));
    return CODES.done;
  },
};
