import type { Command } from './command.js';

export const lab: Command = {
  name: 'lab',
  summary: 'migrate a real VM on this machine and watch it live',
  usage: '[SCENARIO]',
  rootFor: 'everything',
  flags: [
    'demo',
    'interval',
    'timeout',
    'backend',
    'probe',
    'witness',
    'detector',
    'hold',
    'record',
    'force',
    'headless',
    'color',
    'ascii',
    'theme',
    'mouse',
    'utc',
    'scale',
  ],
  run: async ({ words, flags }, io) => (await import('../../lab/command.js')).runLab(words, flags, io),
};
