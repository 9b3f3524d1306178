import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const man: Command = {
  name: 'man',
  summary: 'the manual page, for man -l - or a folder of manual pages',
  usage: '',
  harmless: true,
  flags: [],
  run: async (_line, io) => {
    const [{ manPage }, { detectors }, { version }] = await Promise.all([
      import('../help/man.js'),
      import('../../../detectors/index.js'),
      import('../../system/version.js'),
    ]);
    io.write(manPage(version, detectors));
    return CODES.done;
  },
};
