import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const doctor: Command = {
  name: 'doctor',
  summary: 'what this machine allows, with the line that mends what it does not',
  usage: '',
  rootFor: 'sockets',
  flags: [],
  run: async (_line, io) => {
    const { doctor } = await import('../doctor.js');
    io.write(await doctor(io.remark));
    return CODES.done;
  },
};
